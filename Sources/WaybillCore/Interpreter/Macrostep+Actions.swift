/// What transitions, entries and exits do.
extension Macrostep {
    mutating func perform(_ actions: [Action]) throws(Refusal) {
        for action in actions {
            if let condition = action.when {
                guard try holds(condition) else { continue }
            }
            switch action.verb {
            case .assign(let assignments):
                for assignment in assignments { try assign(assignment) }
            case .put(let put): try perform(put)
            case .forEach(let list, let depth, let body): try forEach(list, depth: depth, do: body)
            case .raise(let name, let data): try raise(name, data: data)
            case .send(let send): try perform(send)
            case .stock(let stock): try perform(stock)
            case .extend(let index, let by): try extend(index, by: by)
            case .reschedule(let index, let at): try reschedule(index, at: at)
            case .stop(let index): stop(index)
            case .spawn(let spawn): try perform(spawn)
            case .tell(let tell): try perform(tell)
            case .call(let call): try perform(call)
            case .stopCall(let name): try stopCall(named: name)
            }
        }
    }

    // MARK: The context

    private mutating func assign(_ assignment: Action.Assignment) throws(Refusal) {
        let operand = try value(assignment.value)
        switch assignment.target {
        case .field(let slot):
            let field = workflow.context.fields[slot]
            let old = scope.context[slot]
            let next = try combine(old, operand, assignment.mode, field: field)
            try change(.field(slot: slot, next))
            note("assign \(field.name) = \(next.plainText)")
        case .member(let collection, let keyExpression, let slot):
            let key = try text(keyExpression, "a key")
            try spend(scope.elementCount(of: collection))
            guard case .list(let element, _, _) = workflow.context.fields[collection].type,
                case .list(let elements) = scope.context[collection],
                let found = elements.first(where: { $0.key == .text(key) }), case .record(let fields) = found
            else { throw scope.noElement(key, of: collection, in: workflow) }
            let next = try combine(fields[slot], operand, assignment.mode, field: element.fields[slot])
            try change(.member(collection: collection, key: key, field: slot, next))
            if trace != nil {
                let name = workflow.context.fields[collection].name
                note("assign \(name)[\(key)].\(element.fields[slot].name) = \(next.plainText)")
            }
        }
    }

    private func combine(
        _ old: Value, _ operand: Value, _ mode: Action.Assignment.Mode, field: RecordType.Field
    ) throws(Refusal) -> Value {
        var next = operand
        if mode != .replace {
            guard case .int(let left) = old, case .int(let right) = operand else {
                throw .arithmetic("\(field.name) or what is added to it has no value")
            }
            let (result, overflow) =
                mode == .add ? left.addingReportingOverflow(right) : left.subtractingReportingOverflow(right)
            guard !overflow else { throw .arithmetic("\(field.name) left the 64-bit range") }
            next = .int(result)
        }
        try check(next, fits: field)
        return next
    }

    /// Counts and amounts are never below zero where they are stored; only optional fields hold NULL.
    private func check(_ value: Value, fits field: RecordType.Field) throws(Refusal) {
        switch (value, field.type) {
        case (.int(let number), .number(.count)), (.int(let number), .number(.cents)):
            guard number >= 0 else { throw .arithmetic("\(field.name) would be \(number), below zero") }
        case (.int(let number), .number(.time)) where semantics.keepsToTheCalendar:
            let moment = Moment(milliseconds: number)
            if let refusal = Refusal(beyondCalendar: moment, of: "\(field.name)") { throw refusal }
        case (.null, _):
            guard field.isOptional || field.initial == .null else {
                throw .arithmetic("\(field.name) would have no value")
            }
        case (_, _):
            break
        }
    }

    private mutating func perform(_ put: Action.Put) throws(Refusal) {
        guard case .list(let type, let countMax, _) = workflow.context.fields[put.collection].type,
            case .list(let elements) = scope.context[put.collection]
        else { return }
        let name = workflow.context.fields[put.collection].name
        try spend(elements.count)
        let key = try text(put.key, "a key")
        var fields = type.blank
        if case .record(let existing) = elements.first(where: { $0.key == .text(key) }) {
            fields = existing
        } else if elements.count >= countMax {
            throw .limit("elements of \(name)", max: countMax)
        }
        fields[0] = .text(key)
        for field in put.fields {
            let next = try value(field.value)
            try check(next, fits: type.fields[field.slot])
            fields[field.slot] = next
        }
        try change(.element(collection: put.collection, fields))
        note("put \(name)[\(key)]")
    }

    private mutating func change(_ change: Outcome.Change) throws(Refusal) {
        guard outcome.changes.count < InterpreterLimits.changesMax else {
            throw .limit("changes by one command", max: InterpreterLimits.changesMax)
        }
        guard scope.context.apply(change) else { throw .arithmetic("a change does not fit the order's data") }
        outcome.changes.append(change)
    }

    private mutating func forEach(_ list: Expression, depth: Int, do body: [Action]) throws(Refusal) {
        guard case .list(let elements) = try value(list) else { return }
        for element in elements {
            try spend(1)
            bind(element, at: depth)
            try perform(body)
        }
        scope.bound.removeSubrange(min(depth, scope.bound.count)...)
    }

    /// Gives the name at `depth` its value; deeper names end.
    mutating func bind(_ element: Value, at depth: Int) {
        while scope.bound.count < depth { scope.bound.append(.null) }
        scope.bound.removeSubrange(depth...)
        scope.bound.append(element)
    }

    // MARK: Events, messages, timeouts

    mutating func raise(_ name: EventName, data: [Expression] = []) throws(Refusal) {
        guard raised.count < InterpreterLimits.raisedMax else {
            throw .limit("events that wait to be handled", max: InterpreterLimits.raisedMax)
        }
        var values: [Value] = []
        for expression in data { values.append(try value(expression)) }
        raised.append(.event(name, data: values))
        note("raise \(name)")
    }

    private mutating func perform(_ send: Action.Send) throws(Refusal) {
        var message = OutgoingMessage(topic: send.topic, tag: send.tag)
        if let key = send.key { message.key = try text(key, "the key of a message") }
        if let group = send.messageGroup { message.messageGroup = try text(group, "the message group") }
        if let body = send.body { message.body = try self.body(body) }
        for property in send.properties {
            let value = try value(property.value)
            guard value != .null else { continue }
            message.properties.append(.init(name: property.name, value: value.plainText))
        }
        if let delay = send.delay, case .int(let milliseconds) = try value(delay), milliseconds > 0 {
            message.deliverAt = now.advanced(by: Interval(milliseconds: milliseconds))
        }
        try add(message)
        note("send \(send.topic)\(send.tag.map { ":\($0)" } ?? "")")
    }

    mutating func add(_ message: OutgoingMessage) throws(Refusal) {
        guard outcome.messages.count < InterpreterLimits.messagesMax else {
            throw .limit("messages of one command", max: InterpreterLimits.messagesMax)
        }
        outcome.messages.append(message)
    }

    mutating func body(_ fields: [Action.Send.BodyField]) throws(Refusal) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for field in fields {
            let value = try value(field.value)
            guard value != .null else { continue }
            writer.key(named: field.name)
            writer.named(value, as: field.type)
        }
        writer.endObject()
        try spend(writer.bytes.count >> 4)
        return writer.bytes
    }

    private mutating func extend(_ index: Int, by expression: Expression) throws(Refusal) {
        let name = workflow.timeouts[index].name
        guard let pending = order.timeouts.first(where: { $0.name == name }) else {
            throw .unknownTimeout(name, of: order.id)
        }
        guard case .int(let length) = try value(expression) else { return }
        let due = max(now, pending.due.advanced(by: Interval(milliseconds: length)))
        setTimeout(Order.PendingTimeout(name: name, due: due, lane: pending.lane))
        note("extend \(name)")
    }

    private mutating func reschedule(_ index: Int, at expression: Expression) throws(Refusal) {
        let name = workflow.timeouts[index].name
        guard let pending = order.timeouts.first(where: { $0.name == name }) else {
            throw .unknownTimeout(name, of: order.id)
        }
        guard case .int(let time) = try value(expression) else { return }
        let due = fixed(time, notBefore: now)
        setTimeout(Order.PendingTimeout(name: name, due: due, lane: pending.lane))
        note("reschedule \(name)")
    }

    private mutating func stop(_ index: Int) {
        let name = workflow.timeouts[index].name
        order.stop(name)
        outcome.stop(name)
        note("stop \(name)")
    }

    mutating func text(_ expression: Expression, _ what: StaticString) throws(Refusal) -> Text {
        let value = try value(expression)
        guard value != .null else { throw .arithmetic("\(what) has no value") }
        return value.plainText
    }

    mutating func note(_ line: @autoclosure () -> String) {
        if trace != nil { trace?.append(line()) }
    }
}

extension Value {
    /// The value as plain text, as `||` and message properties show it; NULL is empty.
    package var plainText: Text {
        switch self {
        case .null: return ""
        case .bool(let flag): return flag ? "true" : "false"
        case .int(let number): return Text(String(number))
        case .text(let text): return text
        case .record, .list:
            var writer = JSONWriter()
            writer.bare(self)
            return Text(String(decoding: writer.bytes, as: UTF8.self))
        }
    }
}

extension Scope {
    /// Why an element cannot be changed that a collection of the context has not.
    fileprivate func noElement(_ key: Text, of slot: Int, in workflow: Workflow) -> Refusal {
        let field = workflow.context.fields[slot]
        var (elements, keyName): ([Value], Text?) = ([], nil)
        if case .list(let present) = context.value(at: slot) { elements = present }
        if case .list(let element, _, _) = field.type { keyName = element.field(0)?.name }
        return .badData(
            "", path: "\(field.name)[\(key)]", problem: elements.absence(of: key, called: keyName))
    }

    /// How many elements a collection of the context has.
    fileprivate func elementCount(of slot: Int) -> Int {
        if case .list(let elements) = context.value(at: slot) { elements.count } else { 0 }
    }
}
