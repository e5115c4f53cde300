/// A step of an order that has left the process and is not answered yet.
///
/// ```
///             answer `ok`      ──► ok         the half message is committed
///   open ─────answer `failed`  ──► failed     rolled back
///             deadline passes  ──► expired    rolled back
///             the order stops  ──► cancelled  rolled back, and the worker is told
/// ```
///
/// The first of these wins; an answer that comes later is refused, or heard as one: see ``LapsedCall``.
///
/// With `unanswered:` in the workflow the deadline ends nothing, because silence is no answer: whether it was done is
/// not known. Only an answer ends such a call, at any time; neither the order nor the order's end takes it back.
///
/// ```
///   open ──deadline passes──► open, unanswered ──answer `ok`──────► ok
///                                              ──answer `failed`──► failed
/// ```
package struct OpenCall: Hashable, Sendable {
    /// 1, 2, 3 ... within the order; never used twice.
    package var number: Int64
    /// Which `call:` of the workflow made it: an index into ``Workflow/calls``.
    package var definition: Int
    /// By which the workflow may stop it; nil: it has none.
    package var name: Text?
    package var deadline: Moment
    /// The lane of the command that made it, where that is not the order's.
    package var lane: Text?
    /// One JSON object: what the worker is asked to do.
    package var data: [UInt8]
    /// Whether its deadline has passed and the workflow lets it stay open.
    package var isUnanswered = false

    package init(
        number: Int64, definition: Int, name: Text? = nil, deadline: Moment, lane: Text? = nil, data: [UInt8]
    ) {
        self.number = number
        self.definition = definition
        self.name = name
        self.deadline = deadline
        self.lane = lane
        self.data = data
    }

    static func effectKey(of number: Int64, by order: OrderID) -> Text { Text("\(order.text)#\(number)") }

    /// What became of a call.
    package enum Result: String, Sendable, CaseIterable {
        case ok, failed, expired, cancelled
        /// It had ended in one of these ways, and then `ok` came.
        case late
    }

    /// A call that is not open any more.
    package struct Settled: Hashable, Sendable {
        package var number: Int64
        package var result: Result
        /// Whether the order wants to hear of an `ok` that comes all the same.
        package var hearsLate: Bool

        package init(number: Int64, result: Result, hearsLate: Bool = false) {
            self.number = number
            self.result = result
            self.hearsLate = hearsLate
        }
    }
}

extension Order {
    /// The key that names a call for its worker and for the provider behind it: `order#number`. Done twice with the
    /// same key, the effect must happen once; the answer comes with it.
    package func effectKey(of call: Int64) -> Text { OpenCall.effectKey(of: call, by: id) }

    /// The open call that an answer with this key is for.
    package func openCall(key: Text?) -> OpenCall? {
        guard let key else { return nil }
        return calls.first { effectKey(of: $0.number) == key }
    }

    mutating func open(_ call: OpenCall) {
        calls.append(call)
        callCount = max(callCount, call.number)
    }

    /// Takes up that a call was not answered in time and stays open.
    mutating func leaveUnanswered(_ number: Int64) {
        guard let index = calls.firstIndex(where: { $0.number == number }) else { return }
        calls[index].isUnanswered = true
    }
}

extension Workflow {
    /// A `call:` of the workflow: where it goes and who answers it.
    package struct CallDefinition: Sendable {
        package let topic: TopicName
        /// The command that says it is done, and the one that says it cannot be.
        package let ok: EventName
        package let failed: EventName
        /// The event that happens when no answer comes in time, and the call has ended; nil: `failed`, with the call's
        /// own data, unless it stays unanswered.
        package let expired: EventName?
        /// The event that happens when no answer comes in time, and the call stays open; nil: it does not stay.
        package let unanswered: EventName?
        /// The data of the event that happens at the deadline.
        package let deadlineData: RecordType
        /// The event that happens when `ok` comes after the call has ended otherwise; nil: that answer is refused.
        package let late: EventName?
        /// The data of that event: what `ok` says, and in `ended` how the call had ended.
        package let lateData: RecordType
        /// Where it is declared: what is due at the same moment fires in this order.
        package let place: SourcePlace

        package init(
            topic: TopicName, ok: EventName, failed: EventName, expired: EventName?, unanswered: EventName? = nil,
            deadlineData: RecordType, late: EventName?, lateData: RecordType, place: SourcePlace
        ) {
            self.topic = topic
            self.ok = ok
            self.failed = failed
            self.expired = expired
            self.unanswered = unanswered
            self.deadlineData = deadlineData
            self.late = late
            self.lateData = lateData
            self.place = place
        }
    }

    /// Whether a call of it that is not answered in time counts as failed: what is not known becomes a no.
    package var takesSilenceForFailed: Bool { calls.contains { $0.expired == nil && $0.unanswered == nil } }

    /// Whether a command is an answer to calls, and is accepted only with the key of an open one.
    package func isAnswer(_ command: EventName) -> Bool {
        calls.contains { $0.ok == command || $0.failed == command }
    }

    /// The first call that a command can be an answer to, open ones before lapsed ones: for rehearsals, where nobody
    /// keeps keys.
    package func answerable(by command: EventName, of order: Order) -> OpenCall? {
        order.calls.first { calls[$0.definition].ok == command || calls[$0.definition].failed == command }
            ?? order.lapsed.first { calls[$0.call.definition].ok == command }?.call
    }
}

extension OpenCall {
    /// The data of an answer: what the worker left out and the call knows is filled in; what contradicts the call is
    /// refused.
    func complete(_ given: [UInt8], as type: RecordType) throws(JSONProblem) -> [Value] {
        guard given.count <= DataLimits.bytesMax else {
            throw JSONProblem(offset: 0, message: "\(given.count) bytes are more than \(DataLimits.bytesMax)")
        }
        let known = try members(of: data).filter { type.slot($0.name) != nil }
        let said = try members(of: given)
        var writer = JSONWriter()
        writer.beginObject()
        for member in said + known.filter({ one in !said.contains { $0.name == one.name } }) {
            writer.key(named: member.name)
            writer.json(member.value)
        }
        writer.endObject()
        let values = try type.decode(stored: writer.bytes)
        for member in known {
            guard let slot = type.slot(member.name) else { continue }
            let ours = try RecordType([type.fields[slot]]).decode(stored: object([member]))
            guard values[slot] == ours.first else {
                throw JSONProblem(
                    offset: 0, message: "the call says \(ours.first?.plainText ?? "nothing")", path: member.name.string)
            }
        }
        return values
    }

    /// The data of what happens when no answer came: the call's own, NULL for what it does not say, and in a text field
    /// `reason` the word for it.
    func deadlineData(as type: RecordType, reason: Text) throws(JSONProblem) -> [Value] {
        var known = try members(of: data).filter { type.slot($0.name) != nil }
        if !known.contains(where: { $0.name == "reason" }), let slot = type.slot("reason"),
            type.fields[slot].type == .text
        {
            var writer = JSONWriter()
            writer.text(reason)
            known.append((name: "reason", value: writer.bytes))
        }
        return try type.decode(stored: object(known))
    }

    private typealias Member = (name: Text, value: [UInt8])

    private func members(of json: [UInt8]) throws(JSONProblem) -> [Member] {
        guard !json.isEmpty else { return [] }
        var members: [Member] = []
        try JSONReader.read(json) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                members.append((name: key, value: try reader.rawValue()))
            }
        }
        return members
    }

    private func object(_ members: [Member]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for member in members {
            writer.key(named: member.name)
            writer.json(member.value)
        }
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    /// `[number,definition,name,deadline,lane,data]`, in events and in stored orders; an unanswered one ends with
    /// `true`.
    mutating func call(_ call: OpenCall) {
        beginArray()
        int(call.number)
        int(Int64(call.definition))
        optionalText(call.name)
        int(call.deadline.milliseconds)
        optionalText(call.lane)
        json(call.data)
        if call.isUnanswered { bool(true) }
        endArray()
    }
}

extension JSONReader {
    mutating func call(in workflow: Workflow) throws(JSONProblem) -> OpenCall {
        try beginArray()
        let number = try int()
        try comma()
        guard let definition = Int(exactly: try int()), workflow.calls.indices.contains(definition) else {
            throw problem("the workflow has no such call")
        }
        try comma()
        let name: Text? = takeNull() ? nil : try text()
        try comma()
        let deadline = Moment(milliseconds: try int())
        try comma()
        let lane: Text? = takeNull() ? nil : try text()
        try comma()
        let data = try rawValue()
        var call = OpenCall(
            number: number, definition: definition, name: name, deadline: deadline, lane: lane, data: data)
        if !take(UInt8(ascii: "]")) {
            try comma()
            call.isUnanswered = try bool()
            try endArray()
        }
        return call
    }

    mutating func settledCall() throws(JSONProblem) -> OpenCall.Settled {
        try beginArray()
        let number = try int()
        try comma()
        let word = try text()
        guard let result = OpenCall.Result(rawValue: word.string) else { throw problem("unknown result \(word)") }
        var hearsLate = false
        if !take(UInt8(ascii: "]")) {
            try comma()
            hearsLate = try bool()
            try endArray()
        }
        return OpenCall.Settled(number: number, result: result, hearsLate: hearsLate)
    }
}
