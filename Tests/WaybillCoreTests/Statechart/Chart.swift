import Testing
import WaybillCore
import WorkflowFile

/// A small statechart under test: events in, active leaves and the order of actions out.
///
/// Actions speak by sending messages to the topic `log`; `say` writes such actions. After every step the event that
/// came of it is written, read back and folded: the fold must be the order that was decided, byte by byte.
final class Chart {
    let workflow: Workflow
    let semantics: Semantics
    private(set) var order: Order
    private(set) var now = Moment(milliseconds: 1_764_000_000_000)
    /// What the last step said, in the order in which it was said.
    private(set) var said: [String] = []

    /// Reads the chart and enters its initial states.
    convenience init(
        _ text: String, placing data: String = "", by semantics: Semantics = .current,
        source: SourceLocation = #_sourceLocation
    ) throws {
        try self.init(waiting: text, by: semantics)
        try send("start", data, source: source)
    }

    /// Reads the chart; its first event places the order.
    ///
    /// What a stored text says is checked, not whether it is wise: charts that show one rule have states that lead
    /// nowhere.
    init(waiting text: String, by semantics: Semantics = .current) throws {
        self.semantics = semantics
        workflow = try WorkflowFile.load(stored: "id: chart\nversion: 1\n" + text)
        order = Order(id: "o-1", workflow: workflow, placedAt: now)
    }

    /// Paths of the active leaves, in document order.
    var leaves: [String] { workflow.leaves(of: order.configuration).map { workflow.states[$0].path.string } }

    var pending: [String] { order.timeouts.map(\.name.text.string) }

    /// The value of a context field.
    subscript(_ field: Text) -> Value? { workflow.context.slot(field).map { order.context[$0] } }

    func send(
        _ event: EventName, _ data: String = "", stock: any StockFacts = EndlessStock(),
        source: SourceLocation = #_sourceLocation
    ) throws {
        let command = Command(order: order.id, name: event, data: Array(data.utf8))
        switch try workflow.decide(command, on: order, at: now, asking: stock, by: semantics) {
        case .accepted(let decision): try take(decision, data: Array(data.utf8), source: source)
        case .repeated: said = ["repeated"]
        }
    }

    /// Lets time pass; what is due on the way fires at its own time, the earliest first.
    func pass(_ interval: Interval, source: SourceLocation = #_sourceLocation) throws {
        let end = now.advanced(by: interval)
        var heard: [String] = []
        while let next = order.timeouts.min(by: { $0.due < $1.due }), next.due <= end {
            now = max(now, next.due)
            let decision = try workflow.decideTimeout(
                next.name, on: order, at: now, asking: EndlessStock(), by: semantics)
            try take(decision, data: [], source: source)
            heard += said
        }
        now = end
        said = heard
    }

    private func take(_ decision: Decision, data: [UInt8], source: SourceLocation) throws {
        var body = EventBody()
        body.data = workflow.creation == nil ? [] : data
        body.outcome = decision.outcome
        body.messages = decision.outcome.messages.map { .init(topic: $0.topic, tag: $0.tag, digest: $0.digest) }
        let text = bytes(of: body)
        let read = try EventBody(text, under: workflow)
        var folded = order
        let fits = folded.apply(read, under: workflow)
        #expect(fits, "the event does not fit the order", sourceLocation: source)
        #expect(state(of: folded) == state(of: decision.order), "fold and decision differ", sourceLocation: source)
        #expect(folded.configuration == decision.order.configuration, sourceLocation: source)
        #expect(folded.status == decision.order.status, sourceLocation: source)
        #expect(bytes(of: read) == text, "the event is written otherwise than it was read", sourceLocation: source)
        order = decision.order
        said = decision.outcome.messages.map { $0.tag?.string ?? "" }
    }

    private func bytes(of body: EventBody) -> [UInt8] {
        var writer = JSONWriter()
        body.write(to: &writer, under: workflow)
        return writer.bytes
    }

    private func state(of order: Order) -> String {
        var writer = JSONWriter()
        order.writeState(to: &writer, under: workflow)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

/// Actions that say words, as a YAML list: `entry: \(say("in-a"))`.
func say(_ words: String...) -> String {
    "[" + words.map { "{send: {topic: log, tag: \($0)}}" }.joined(separator: ", ") + "]"
}

/// Entry and exit of a state that say `+name` and `-name`, as `in-` and `out-`.
func voice(_ name: String) -> String { "entry: \(say("in-\(name)")), exit: \(say("out-\(name)"))" }

/// The refusal that `body` throws, or nil.
func refusal(of body: () throws -> Void) -> Refusal? {
    do {
        try body()
        return nil
    } catch {
        return error as? Refusal
    }
}
