import WaybillCore

/// Tries a workflow with small numbers, and finds invariants that refuse what has happened already: money that came,
/// the answer to a call, a timeout.
///
/// What an invariant says of every order cannot be told from its text, so orders are placed and led on by chance, with
/// the same dice each time. What is found is true, and the hint has the events that lead there; what is not found may
/// be there.
struct FactTrial {
    private static let ordersMax = 120
    private static let eventsMax = 10

    private let workflow: Workflow
    private let outline: Outline
    private let log: FindingLog
    private let facts: Set<EventName>
    private var data = ChanceData()
    /// The events of the order that is being led on.
    private var script: [String] = []
    private var told: Set<Text> = []

    init(_ workflow: Workflow, _ outline: Outline, _ log: FindingLog) {
        self.workflow = workflow
        self.outline = outline
        self.log = log
        let money = (outline.commands ?? []).dropFirst().filter(\.bringsMoney).map(\.name)
        facts = Set(money + workflow.calls.flatMap { [$0.ok, $0.failed] })
    }

    mutating func run() {
        guard !workflow.invariants.isEmpty, workflow.creation != nil, !facts.isEmpty || !workflow.timeouts.isEmpty
        else { return }
        for _ in 0..<Self.ordersMax where told.count < workflow.invariants.count { leadOneOrder() }
    }

    private mutating func leadOneOrder() {
        guard let creation = workflow.creation else { return }
        var run = DryRun(workflow, at: ChanceData.start)
        script = []
        guard send(creation, to: &run) == nil else { return }
        for _ in 0..<Self.eventsMax {
            if data.roll(4) == 0 {
                let length = ChanceData.waits[data.roll(ChanceData.waits.count)]
                script.append("@\(length.text)")
                if let refusal = run.wait(length).refusal { tell(refusal, of: "a timeout") }
            } else if let command = workflow.commands.dropFirst().randomElement(using: &data) {
                let refusal = send(command, to: &run)
                if let refusal, facts.contains(command.name) { tell(refusal, of: "'\(command.name)'") }
                if refusal != nil { script.removeLast() }
            }
        }
    }

    private mutating func send(_ command: Workflow.CommandDefinition, to run: inout DryRun) -> Refusal? {
        let json = data.json(command.data, at: run.now)
        script.append("\(command.name)=\(String(decoding: json, as: UTF8.self))")
        return run.send(command.name, data: json).refusal
    }

    private mutating func tell(_ refusal: Refusal, of fact: String) {
        guard case .invariantBroken(let rule) = refusal, told.insert(Text(rule.text)).inserted,
            let node = outline.invariants.lazy.map(\.condition).first(where: { $0.text == rule.text })
        else { return }
        log.warning(
            at: node, "this invariant can refuse \(fact), which has happened all the same",
            hint: "let the way that would break it do something else; try: \(script.joined(separator: "  "))")
    }
}

/// Data that a command may come with, by chance: few values, so that they meet.
private struct ChanceData: RandomNumberGenerator {
    static let start = Moment(milliseconds: 1_767_225_600_000)
    static let waits: [Interval] = [.minutes(1), .hours(1), .days(1), .days(30)]

    private var state: UInt64 = 20_261_129

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(max(1, sides))) }

    mutating func json(_ record: RecordType, at now: Moment) -> [UInt8] {
        var writer = JSONWriter()
        write(record, at: now, number: 0, to: &writer)
        return writer.bytes
    }

    /// - Parameter number: which element of a list it is: keys of elements differ.
    private mutating func write(_ record: RecordType, at now: Moment, number: Int, to writer: inout JSONWriter) {
        writer.beginObject()
        for field in record.fields where !field.isOptional || roll(2) == 0 {
            writer.key(named: field.name)
            switch field.type {
            case .bool: writer.bool(roll(2) == 0)
            case .text: writer.text(Text("x\(number + roll(3) * 2)"))
            case .number(.plain), .number(.count): writer.int(Int64(1 + roll(3)))
            case .number(.cents): writer.int(Int64(1 + roll(6)))
            case .number(.signedCents): writer.int(Int64(roll(9)) - 4)
            case .number(.duration): writer.text(Text(Self.waits[roll(Self.waits.count)].text))
            case .number(.time): writer.text(Text(now.advanced(by: Self.waits[roll(Self.waits.count)]).iso8601))
            case .record(let inner): write(inner, at: now, number: number, to: &writer)
            case .list(let element, _, _):
                writer.beginArray()
                for index in 0..<(1 + roll(2)) { write(element, at: now, number: index, to: &writer) }
                writer.endArray()
            case .null: writer.null()
            }
        }
        writer.endObject()
    }
}
