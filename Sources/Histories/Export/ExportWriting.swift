import WaybillCore
import WaybillEngine
import WaybillStore

/// Turns events into lines of a history.
struct ExportWriting {
    private(set) var result = ExportResult()
    private let engine: Engine
    private let upTo: Moment?
    /// The latest time of an event.
    private var latest: Moment?
    private var workflows: [WorkflowNumber: WorkflowName] = [:]

    init(engine: Engine, upTo: Moment?) {
        self.engine = engine
        self.upTo = upTo
    }

    /// The line that says what was asked; nil: nobody asked, or it is later than wanted.
    mutating func line(for event: EventRow, _ rows: borrowing Snapshot) throws -> [UInt8]? {
        if let upTo, event.at > upTo { return nil }
        latest = max(latest ?? event.at, event.at)
        let asked = try AskedSketch(event)
        if event.cause != nil {
            // A relative's event leads to it again.
            result.following += 1
            return nil
        }
        switch event.type {
        case "$timeout", "$open", "$expired", "$unanswered":
            result.following += 1
            return nil
        case "$receive", "$adjust", "$count":
            result.stockCommands += 1
            return Self.line { writer in writer.stock(event, asked) }
        case "$cancel", "$reschedule":
            guard let order = try rows.order(number: event.stream) else { throw ownerless(event) }
            result.movedTimeouts += 1
            return Self.line { writer in writer.timeout(event, asked, of: order.id) }
        case let type where type.text.string.hasPrefix("$"):
            result.leftOut[type.text.string, default: 0] += 1
            return nil
        default:
            guard let order = try rows.order(number: event.stream) else { throw ownerless(event) }
            let workflow = event.version == 1 ? try workflow(order.workflow, rows) : nil
            result.commands += 1
            return Self.line { writer in writer.command(event, asked, of: order.id, placedUnder: workflow) }
        }
    }

    /// Says up to when time passed: what fell due after the last command has fired.
    var endLine: [UInt8]? {
        latest.map { moment in Self.line { $0.at(moment) } }
    }

    private mutating func workflow(_ number: WorkflowNumber, _ rows: borrowing Snapshot) throws -> WorkflowName? {
        if workflows.isEmpty {
            for row in try rows.workflows() { workflows[row.number] = row.name }
        }
        return workflows[number]
    }

    private func ownerless(_ event: EventRow) -> EngineFailure {
        .damaged("event \(event.position.number) belongs to order number \(event.stream.number), which has no row")
    }

    private static func line(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        body(&writer)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

/// What an event says of the request that led to it, read without knowing its workflow.
struct AskedSketch {
    var data: [UInt8] = []
    var role: Text?
    var timeout: TimeoutName?
    /// The new time of a timeout that was moved.
    var due: Moment?
    var movement: Movement?
    /// What a stock count found, and what it expected.
    var counted: Int64?
    var expected: Int64?
    var note: Text?

    init(_ event: EventRow) throws {
        do throws(JSONProblem) {
            try read(event.body)
        } catch {
            throw EngineFailure.damaged("event \(event.position.number), byte \(error.offset): \(error.message)")
        }
    }

    private mutating func read(_ body: [UInt8]) throws(JSONProblem) {
        var sketch = self
        try EventFormats.current.read(body) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                switch key.string {
                case "data": sketch.data = try reader.rawValue()
                case "by": sketch.role = try reader.text()
                case "timeout": sketch.timeout = TimeoutName(try reader.text())
                case "counted": sketch.counted = try reader.int()
                case "expected": sketch.expected = try reader.int()
                case "note": sketch.note = try reader.text()
                case "armed":
                    try reader.array { reader throws(JSONProblem) in sketch.due = try reader.pendingTimeout().due }
                case "stock":
                    try reader.array { reader throws(JSONProblem) in sketch.movement = try reader.movement() }
                default: try reader.skipValue()
                }
            }
        }
        self = sketch
    }
}

extension JSONWriter {
    fileprivate mutating func at(_ moment: Moment) {
        key("at")
        text(Text(moment.iso8601))
    }

    fileprivate mutating func field(_ name: StaticString, _ value: Text?) {
        guard let value, !value.isEmpty else { return }
        key(name)
        text(value)
    }

    fileprivate mutating func command(
        _ event: EventRow, _ asked: AskedSketch, of order: OrderID, placedUnder workflow: WorkflowName?
    ) {
        at(event.at)
        field("order", order.text)
        field("workflow", workflow?.text)
        field("command", event.type.text)
        field("key", event.key)
        if !asked.data.isEmpty {
            key("data")
            json(asked.data)
        }
        field("role", asked.role)
        field("caller", event.caller)
        field("lane", event.lane)
        field("trace", event.trace)
    }

    fileprivate mutating func timeout(_ event: EventRow, _ asked: AskedSketch, of order: OrderID) {
        at(event.at)
        field("order", order.text)
        field("timeout", asked.timeout?.text)
        key("due")
        if let due = asked.due { text(Text(due.iso8601)) } else { null() }
        field("key", event.key)
        field("caller", event.caller)
    }

    fileprivate mutating func stock(_ event: EventRow, _ asked: AskedSketch) {
        at(event.at)
        guard let movement = asked.movement else { return }
        // A count whose event does not say what was counted (by an earlier release) is the adjustment that it came to.
        let kind: Text = asked.counted != nil ? "count" : movement.kind == .receive ? "receive" : "adjust"
        field("stock", kind)
        field("sku", movement.key.sku.text)
        field("location", movement.key.location.text)
        key("quantity")
        int(asked.counted ?? movement.quantity)
        if let expected = asked.expected {
            key("expected")
            int(expected)
        }
        field("key", event.key)
        field("caller", event.caller)
        field("note", asked.note)
    }
}
