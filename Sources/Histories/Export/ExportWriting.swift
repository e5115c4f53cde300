import WaybillCore
import WaybillEngine
import WaybillStore

/// Turns events into lines of a history.
struct ExportWriting {
    private(set) var result = ExportResult()
    /// The latest time of an event.
    private(set) var latest: Moment?
    private let upTo: Moment?
    private var texts: [WorkflowNumber: WorkflowRow] = [:]
    /// The texts that were told, and which of them takes the new orders of its name.
    private var told: Set<WorkflowNumber> = []
    private var current: [WorkflowName: WorkflowNumber] = [:]
    /// The last line: held back until it is known which texts the children are under that it leads to.
    private var held: (line: [UInt8], at: Moment)?
    private var needed: [WorkflowNumber] = []

    init(upTo: Moment?) { self.upTo = upTo }

    /// The lines that are complete now that this event is known.
    mutating func lines(for event: EventRow, _ rows: borrowing Snapshot) throws -> [[UInt8]] {
        if let upTo, event.at > upTo { return [] }
        latest = max(latest ?? event.at, event.at)
        if event.cause != nil, !Self.firings.contains(event.type) {
            // The relative that caused it leads to it again.
            result.following += 1
            if event.version == 1 { needed.append(try order(of: event, rows).workflow) }
            return []
        }
        // Fields of acts mean something else, whatever they are called: of these nothing is asked.
        func asked() throws -> AskedSketch { try AskedSketch(event) }
        switch event.type {
        // The copy gets a different file id, and limits and places are made again by the orders that need them.
        case .stockOpened, .limitChanged, "$file":
            result.following += 1
            return []
        case .activationEvent:
            result.activations += 1
            return try rest(rows) + activation(event, rows)
        case "$receive", "$adjust", "$count", .stockMoved:
            result.stockCommands += 1
            return try hold(ExportLine.stock(event, try asked()), event, rows)
        case let type where Self.firings.contains(type):
            result.firings += 1
            return try hold(ExportLine.firing(event, try asked(), of: try order(of: event, rows).id), event, rows)
        case "$cancel", "$reschedule":
            result.movedTimeouts += 1
            return try hold(ExportLine.timeout(event, try asked(), of: try order(of: event, rows).id), event, rows)
        case let type where type.text.string.hasPrefix("$"):
            result.leftOut[type.text.string, default: 0] += 1
            return []
        default:
            result.commands += 1
            let order = try order(of: event, rows)
            guard event.version == 1 else {
                return try hold(ExportLine.command(event, try asked(), of: order.id), event, rows)
            }
            let workflow = try text(order.workflow, rows)
            let line = ExportLine.command(event, try asked(), of: order.id, under: workflow)
            return try hold(line, event, rows, needing: order.workflow)
        }
    }

    /// The line that is still held back, with the texts that it needs.
    mutating func rest(_ rows: borrowing Snapshot) throws -> [[UInt8]] {
        guard let held else { return [] }
        self.held = nil
        var lines: [[UInt8]] = []
        for number in needed {
            let row = try text(number, rows)
            guard current[row.name] != number else { continue }
            lines.append(line(for: row, at: held.at))
        }
        needed.removeAll(keepingCapacity: true)
        return lines + [held.line]
    }

    /// The texts that take new orders in the end and of which no event says so, as in a file of an earlier release.
    mutating func currentTexts(_ rows: borrowing Snapshot) throws -> [[UInt8]] {
        guard let latest else { return [] }
        var lines: [[UInt8]] = []
        for (name, number) in try rows.currentWorkflows().sorted(by: { $0.key < $1.key }) {
            guard let last = current[name], last != number else { continue }
            lines.append(line(for: try text(number, rows), at: latest))
        }
        return lines
    }

    /// Another text takes the new orders of a workflow.
    private mutating func activation(_ event: EventRow, _ rows: borrowing Snapshot) throws -> [[UInt8]] {
        let activation: WorkflowActivation
        do throws(JSONProblem) {
            activation = try WorkflowActivation(event.body)
        } catch {
            throw EngineFailure.damaged("event \(event.position.number), byte \(error.offset): \(error.message)")
        }
        guard let row = try rows.workflow(hash: activation.hash) else {
            throw EngineFailure.otherText(activation.workflow, hash: activation.hash)
        }
        return [line(for: row, at: event.at, caller: event.caller)]
    }

    private mutating func line(for row: WorkflowRow, at moment: Moment, caller: Text = "") -> [UInt8] {
        current[row.name] = row.number
        let isNew = told.insert(row.number).inserted
        return ExportLine.workflow(row, withText: isNew, at: moment, caller: caller)
    }

    private mutating func hold(
        _ line: [UInt8], _ event: EventRow, _ rows: borrowing Snapshot, needing workflow: WorkflowNumber? = nil
    ) throws -> [[UInt8]] {
        let lines = try rest(rows)
        held = (line, event.at)
        if let workflow { needed.append(workflow) }
        return lines
    }

    /// Events that happen when their time has come, and not because they were asked for.
    static let firings: Set<EventName> = ["$timeout", "$expired", "$unanswered"]

    private mutating func text(_ number: WorkflowNumber, _ rows: borrowing Snapshot) throws -> WorkflowRow {
        if texts.isEmpty {
            for row in try rows.workflows() { texts[row.number] = row }
        }
        if let row = texts[number] { return row }
        throw EngineFailure.unknownWorkflowNumber(number.number)
    }

    private func order(of event: EventRow, _ rows: borrowing Snapshot) throws -> OrderRow {
        if let row = try rows.order(number: event.stream) { return row }
        throw EngineFailure.damaged(
            "event \(event.position.number) belongs to order number \(event.stream.number), which has no row")
    }
}

/// What an event says of the request that led to it, read without knowing its workflow.
struct AskedSketch {
    var data: [UInt8] = []
    var role: Text?
    var timeout: TimeoutName?
    /// The number of the call that was not answered in time.
    var call: Int64?
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
                case "call": sketch.call = try reader.int()
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
