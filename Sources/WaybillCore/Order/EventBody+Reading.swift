/// Reading an event's body back: for the fold, for replay, for people.
extension EventBody {
    /// Reads only what must be known before the workflow is: the order's id and the workflow's number.
    package static func origin(of json: [UInt8]) throws(JSONProblem) -> (order: OrderID, workflow: Int64)? {
        var order: OrderID?
        var workflow: Int64?
        try EventFormats.current.read(json) { reader throws(JSONProblem) in
            try reader.members { key, reader throws(JSONProblem) in
                switch key {
                case "order": order = OrderID(try reader.text())
                case "workflow": workflow = try reader.int()
                default: try reader.skipValue()
                }
            }
        }
        guard let order, let workflow else { return nil }
        return (order, workflow)
    }

    /// Reads a whole body. A body that does not fit its workflow is damage, and says where.
    package init(_ json: [UInt8], under workflow: Workflow) throws(JSONProblem) {
        let read: Result<EventBody, JSONProblem> = json.withUnsafeBufferPointer { bytes in
            Result { () throws(JSONProblem) in
                var body = EventBody()
                try body.read(inPlace: bytes, under: workflow)
                return body
            }
        }
        self = try read.get()
    }

    /// Reads a whole body where it lies, in place of the one that is here and into its storage: replays read millions.
    ///
    /// - Parameters:
    ///   - isFirst: it places its order: its data is decoded on the way, which spares the fold a second look.
    ///   - isForFold: what the fold does not apply (what was asked, facts, messages) is passed over, and missing.
    package mutating func read(
        inPlace json: UnsafeBufferPointer<UInt8>, under workflow: Workflow, isFirst: Bool = false,
        isForFold: Bool = false
    ) throws(JSONProblem) {
        removeAll()
        try EventFormats.current.read(json) { reader throws(JSONProblem) in
            try reader.members { key, reader throws(JSONProblem) in
                if isFirst, key == "data", let creation = workflow.creation {
                    placed = try reader.value(of: creation.data, into: &data)
                } else {
                    try read(key, from: &reader, under: workflow, isForFold: isForFold)
                }
            }
        }
    }

    /// Every field, each where it lies: to make a fresh body and move the storage over costs an eighth of a fold.
    private mutating func removeAll() {
        order = nil
        workflow = nil
        data.empty()
        placed = nil
        role = nil
        timeout = nil
        parent = nil
        call = nil
        outcome.removeAll()
        messages.empty()
        relatives.empty()
    }

    private mutating func read(
        _ key: TextInPlace, from reader: inout JSONReader, under workflow: Workflow, isForFold: Bool
    ) throws(JSONProblem) {
        switch key {
        case "format": try reader.skipValue()
        case "order": order = OrderID(try reader.text())
        case "workflow": self.workflow = try reader.int()
        case "data": if isForFold { try reader.skipValue() } else { try reader.rawValue(into: &data) }
        case "by": if isForFold { try reader.skipValue() } else { role = try reader.text() }
        case "parent": parent = OrderID(try reader.text())
        case "timeout": timeout = TimeoutName(try reader.text())
        case "call": call = try reader.int()
        case "status": outcome.status = try reader.text()
        case "facts":
            if isForFold { return try reader.skipValue() }
            try reader.array { reader throws(JSONProblem) in outcome.facts.append(try reader.fact()) }
        case "left":
            try reader.array { reader throws(JSONProblem) in
                let state = try reader.state(in: workflow)
                outcome.left.append(contentsOf: state...workflow.states[state].last)
            }
        case "entered":
            try reader.array { reader throws(JSONProblem) in
                var state: Int? = try reader.state(in: workflow)
                while let current = state {
                    outcome.entered.append(current)
                    state = workflow.states[current].parent
                }
            }
        case "set":
            try reader.array { reader throws(JSONProblem) in
                outcome.changes.append(try reader.change(in: workflow.context))
            }
        case "armed":
            try reader.array { reader throws(JSONProblem) in outcome.armed.append(try reader.pendingTimeout()) }
        case "stopped":
            try reader.array { reader throws(JSONProblem) in
                outcome.stopped.append(TimeoutName(try reader.text()))
            }
        case "stock":
            try reader.array { reader throws(JSONProblem) in outcome.movements.append(try reader.movement()) }
        case "messages":
            if isForFold { return try reader.skipValue() }
            try reader.array { reader throws(JSONProblem) in messages.append(try reader.messageTrace()) }
        case "relatives":
            try reader.array { reader throws(JSONProblem) in
                let trace = try reader.relative()
                relatives.append(trace)
                if case .newChild(let child) = trace.receiver { outcome.spawned.append(child) }
            }
        case "called":
            try reader.array { reader throws(JSONProblem) in outcome.called.append(try reader.call(in: workflow)) }
        case "settled":
            try reader.array { reader throws(JSONProblem) in outcome.settled.append(try reader.settledCall()) }
        case "unanswered":
            try reader.array { reader throws(JSONProblem) in outcome.unanswered.append(try reader.int()) }
        case "remember": outcome.remembered = try reader.naturalKey()
        default: throw reader.problem("unknown key \(key)")
        }
    }
}

extension JSONReader {
    fileprivate mutating func state(in workflow: Workflow) throws(JSONProblem) -> Int {
        let path = try textInPlace()
        guard let state = workflow.state(path: path) else { throw problem("the workflow has no state \(path)") }
        return state
    }

    fileprivate mutating func fact() throws(JSONProblem) -> ReserveAnswer {
        try beginArray()
        let word = try textInPlace()
        if word == "short" {
            try comma()
            let line = try int()
            try comma()
            let free = try int()
            try endArray()
            guard let line = Int(exactly: line), line >= 0 else { throw problem("a line below zero") }
            return .short(line: line, free: free)
        }
        guard word == "done" else { throw problem("expected done or short") }
        var opened: [Int] = []
        while !take(UInt8(ascii: "]")) {
            try comma()
            guard let index = Int(exactly: try int()), index >= 0 else { throw problem("a line below zero") }
            opened.append(index)
        }
        return .done(opened: opened)
    }

    fileprivate mutating func change(in context: RecordType) throws(JSONProblem) -> Outcome.Change {
        try beginArray()
        let name = try textInPlace()
        guard let slot = context.slot(name, guess: 0) else { throw problem("the workflow has no field \(name)") }
        let field = context.fields[slot]
        try comma()
        let key: Text? = takeNull() ? nil : try text()
        try comma()
        let member: TextInPlace? = takeNull() ? nil : try textInPlace()
        try comma()
        let change = try change(of: field, slot: slot, key: key, member: member)
        try endArray()
        return change
    }

    private mutating func change(
        of field: RecordType.Field, slot: Int, key: Text?, member: TextInPlace?
    ) throws(JSONProblem) -> Outcome.Change {
        let name = field.name
        guard let key else { return .field(slot: slot, try bare(field.type)) }
        guard case .list(let element, _, _) = field.type else { throw problem("\(name) is no collection") }
        guard let member else { return .element(collection: slot, try bareRecord(element)) }
        guard let memberSlot = element.slot(member, guess: 0) else { throw problem("\(name) has no field \(member)") }
        return .member(
            collection: slot, key: key, field: memberSlot, try bare(element.fields[memberSlot].type))
    }

    package mutating func pendingTimeout() throws(JSONProblem) -> Order.PendingTimeout {
        try beginArray()
        let name = TimeoutName(try text())
        try comma()
        let due = Moment(milliseconds: try int())
        var lane: Text?
        if !take(UInt8(ascii: "]")) {
            try comma()
            lane = try text()
            try endArray()
        }
        return Order.PendingTimeout(name: name, due: due, lane: lane)
    }

    package mutating func movement() throws(JSONProblem) -> Movement {
        try beginArray()
        let word = try textInPlace()
        guard let kind = Movement.Kind(name: word) else { throw problem("unknown movement \(word)") }
        try comma()
        let sku = SKU(try text())
        try comma()
        let location = Location(try text())
        try comma()
        let quantity = try int()
        try endArray()
        return Movement(kind, StockKey(sku: sku, location: location), quantity)
    }

    package mutating func messageTrace() throws(JSONProblem) -> EventBody.MessageTrace {
        try beginArray()
        let topic = TopicName(try text())
        try comma()
        let tag: Text? = takeNull() ? nil : try text()
        try comma()
        let digest = try int()
        try endArray()
        return EventBody.MessageTrace(topic: topic, tag: tag, digest: digest)
    }

    /// The version of the event is not in the body: the caller fills it in.
    fileprivate mutating func naturalKey() throws(JSONProblem) -> Order.NaturalKey {
        try beginArray()
        let command = EventName(try text())
        try comma()
        let key = try text()
        try comma()
        let fingerprint = try int()
        try endArray()
        return Order.NaturalKey(command: command, key: key, fingerprint: fingerprint, version: 0)
    }
}
