import WaybillCore
import WaybillEngine
import WaybillStore

/// What looks at orders and stocks while the journal is folded.
protocol StreamVisitor {
    /// An event of an order, before it is applied.
    mutating func visit(
        _ event: borrowing StoredEvent, _ body: borrowing EventBody, of order: borrowing Order, in chart: Chart
    ) throws
    /// An order with all its events applied, beside what the file holds of it.
    mutating func finish(_ order: borrowing Order, row: OrderRow, in chart: Chart, _ rows: borrowing Snapshot) throws
    /// A stock whose own stream has this many events.
    mutating func finish(_ row: StockRow, eventCount: Int64) throws
    mutating func note(_ finding: FileFinding)
}

/// A workflow with its number in the file: an object, so that handing it around costs nothing.
final class Chart: Sendable {
    let workflow: Workflow
    let number: WorkflowNumber

    init(_ workflow: Workflow, number: WorkflowNumber) {
        self.workflow = workflow
        self.number = number
    }
}

/// Folds the journal stream by stream, in pages: memory holds one order, however many there are.
struct StreamFold<Visitor: StreamVisitor> {
    private(set) var visitor: Visitor
    private(set) var eventCount = 0
    private(set) var orderCount = 0
    private(set) var stockCount = 0
    private let engine: Engine
    private let last: Position
    private let pageMax: Int
    private var charts: [WorkflowNumber: Chart] = [:]
    private var chart: Chart
    private var owner = Owner.nobody
    /// The order at hand and its row, when the owner is one.
    private var order: Order
    private var orderRow: OrderRow?
    private var stockRow: StockRow?
    private var stream = StreamNumber(0)
    private var version: Int64 = 0

    /// Whose stream it is. Without payload: a row in it would be copied for each event.
    private enum Owner {
        /// There is no row for it, or it does not fold: its events are passed over.
        case nobody
        case order
        case stock
    }

    init(_ engine: Engine, pageMax: Int, visitor: Visitor) {
        self.engine = engine
        self.pageMax = pageMax
        self.visitor = visitor
        last = engine.lastPosition
        let none = Workflow(
            name: "", version: 0, hash: "", commands: [], context: RecordType([]), attributes: [], derived: [],
            invariants: [], status: nil, states: [], timeouts: [])
        chart = Chart(none, number: WorkflowNumber(0))
        order = Order(id: "", workflow: none, placedAt: Moment(milliseconds: 0))
    }

    /// Folds everything that was committed when this began.
    mutating func run(progress: (Int, Int) -> Void = { _, _ in }) throws {
        while try foldPage() == pageMax { progress(eventCount, Int(clamping: last.number)) }
        try engine.store.read { rows in try finish(rows) }
        progress(eventCount, Int(clamping: last.number))
    }

    private mutating func foldPage() throws -> Int {
        try engine.store.read { rows in
            try rows.forEachEvent(afterStream: stream, version: version, upTo: last, limit: pageMax) { event in
                try add(event, rows)
            }
        }
    }

    private mutating func add(_ event: borrowing StoredEvent, _ rows: borrowing Snapshot) throws {
        eventCount += 1
        if event.stream != stream {
            try finish(rows)
            try begin(event, rows)
        }
        let expected = version + 1
        version = event.version
        guard version == expected else {
            return drop(event, "its version is \(version), and \(expected) comes after the one before it")
        }
        switch owner {
        case .nobody, .stock: break
        case .order: try fold(event)
        }
    }

    private mutating func begin(_ event: borrowing StoredEvent, _ rows: borrowing Snapshot) throws {
        stream = event.stream
        version = 0
        owner = .nobody
        if let row = try rows.order(number: stream) {
            do {
                chart = try chart(of: row.workflow)
            } catch {
                return visitor.note(FileFinding("its workflow cannot be read: \(error)").of(row.id))
            }
            order = Order(id: row.id, workflow: chart.workflow, placedAt: event.at, lane: event.lane)
            order.number = stream
            orderRow = row
            owner = .order
        } else if let row = try rows.stock(number: stream) {
            stockRow = row
            owner = .stock
        } else {
            visitor.note(FileFinding("it begins a stream that no order and no stock row belongs to").at(event.position))
        }
    }

    private mutating func fold(_ event: borrowing StoredEvent) throws {
        let body: EventBody
        do {
            body = try event.withBody { bytes in
                try EventBody(inPlace: bytes.assumingMemoryBound(to: UInt8.self), under: chart.workflow)
            }
        } catch let problem as JSONProblem {
            return drop(event, "byte \(problem.offset) of its text: \(problem.message)")
        }
        if version == 1, body.order != order.id || body.workflow != chart.number.number {
            return drop(event, "it places \(body.order ?? "an order without an id"), and the row is \(order.id)'s")
        }
        try visitor.visit(event, body, of: order, in: chart)
        guard order.apply(body, under: chart.workflow) else {
            return drop(event, "it does not fit what its order was before it")
        }
    }

    /// Gives up on the rest of a stream.
    private mutating func drop(_ event: borrowing StoredEvent, _ what: String) {
        var finding = FileFinding(what).at(event.position).version(event.version)
        switch owner {
        case .nobody: break
        case .order: finding = finding.of(order.id)
        case .stock: if let stockRow { finding = finding.of(stockRow.key) }
        }
        visitor.note(finding)
        owner = .nobody
    }

    private mutating func finish(_ rows: borrowing Snapshot) throws {
        switch owner {
        case .nobody: break
        case .order:
            orderCount += 1
            if let orderRow { try visitor.finish(order, row: orderRow, in: chart, rows) }
        case .stock:
            stockCount += 1
            if let stockRow { try visitor.finish(stockRow, eventCount: version) }
        }
        owner = .nobody
    }

    private mutating func chart(of number: WorkflowNumber) throws -> Chart {
        if chart.number == number { return chart }
        if let known = charts[number] { return known }
        let made = Chart(try engine.workflow(number), number: number)
        charts[number] = made
        return made
    }
}
