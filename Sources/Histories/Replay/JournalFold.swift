import WaybillCore
import WaybillEngine
import WaybillStore

/// What looks at orders and stocks while the journal is folded.
protocol FoldVisitor {
    /// Whether it looks at events; else what the fold does not apply is not read.
    static var looksAtEvents: Bool { get }
    /// An event of an order, before it is applied.
    mutating func visit(_ event: borrowing StoredEvent, _ body: borrowing EventBody, of open: OpenOrder) throws
    /// An order with all its events applied, beside what the file holds of it.
    mutating func finish(_ open: OpenOrder, _ rows: borrowing Snapshot) throws
    /// A stock whose own stream has this many events.
    mutating func finish(_ row: StockRow, eventCount: Int64)
    mutating func note(_ finding: FileFinding)
}

/// Folds the journal in order of position, which is how it lies on the disk.
///
/// Orders whose last event is yet to come are held in memory, so many at most. Beyond that a new order is folded at
/// once, by its own stream, and its later events are passed over: so memory stays flat, however orders interleave.
struct JournalFold<Visitor: FoldVisitor> {
    private(set) var visitor: Visitor
    private(set) var eventCount = 0
    private(set) var orderCount = 0
    private(set) var stockCount = 0
    private let engine: Engine
    private let last: Position
    private let pageMax: Int
    private let openMax: Int
    private var charts: Charts
    private var orderRows = OrderRows()
    private var position = Position(0)
    private var orders: [StreamNumber: OpenOrder] = [:]
    private var stocks: [StreamNumber: OpenStock] = [:]
    /// The event at hand; its storage serves them all.
    private var body = EventBody()

    init(_ engine: Engine, pageMax: Int, openMax: Int, visitor: Visitor) {
        self.engine = engine
        self.pageMax = pageMax
        self.openMax = openMax
        self.visitor = visitor
        last = engine.lastPosition
        charts = Charts(engine)
    }

    /// Folds everything that was committed when this was made.
    mutating func run(progress: (Int, Int) -> Void = { _, _ in }) throws {
        while try foldPage() == pageMax { progress(eventCount, Int(clamping: last.number)) }
        try engine.store.read { rows in try finishRest(rows) }
        progress(eventCount, Int(clamping: last.number))
    }

    private mutating func foldPage() throws -> Int {
        try engine.store.read { rows in
            try rows.forEachEvent(
                after: position, upTo: last, limit: pageMax, isForFold: !Visitor.looksAtEvents
            ) { event in
                position = event.position
                try add(event, rows)
            }
        }
    }

    /// Those whose rows are ahead of their events.
    private mutating func finishRest(_ rows: borrowing Snapshot) throws {
        for number in orders.keys.sorted() {
            if let open = orders[number] { try finish(open, rows) }
        }
        for number in stocks.keys.sorted() {
            if let open = stocks[number] { finish(open) }
        }
    }

    private mutating func add(_ event: borrowing StoredEvent, _ rows: borrowing Snapshot) throws {
        let stream = event.stream
        let version = event.version
        if version == 1 {
            try begin(event, rows)
        } else if let open = orders[stream] {
            eventCount += 1
            try fold(event, version, into: open, rows)
        } else if let open = stocks[stream] {
            eventCount += 1
            count(event, in: open)
        } else {
            try checkPassedOver(event, rows)
        }
    }

    private mutating func begin(_ event: borrowing StoredEvent, _ rows: borrowing Snapshot) throws {
        let stream = event.stream
        if let row = try orderRows.row(stream, in: rows) {
            let chart: Chart
            do {
                chart = try charts.chart(row.workflow)
            } catch {
                return visitor.note(FileFinding("its workflow cannot be read: \(error)").of(row.id))
            }
            let open = OpenOrder(row, placedBy: event, in: chart)
            if orders.count < openMax || row.version == 1 {
                orders[stream] = open
                eventCount += 1
                return try fold(event, 1, into: open, rows)
            }
            try foldAtOnce(open, rows)
        } else if let row = try rows.stock(number: stream) {
            eventCount += 1
            let open = OpenStock(row)
            stocks[stream] = open
            count(event, in: open)
        } else if try rows.numberSetting(.auditStream) == stream.number {
            eventCount += 1
        } else {
            visitor.note(FileFinding("it begins a stream that no order and no stock row belongs to").at(event.position))
        }
    }

    /// Folds an order by its own stream.
    private mutating func foldAtOnce(_ open: OpenOrder, _ rows: borrowing Snapshot) throws {
        let number = open.row.number
        orders[number] = open
        _ = try rows.forEachEvent(
            afterStream: number, version: 0, upTo: last, limit: Int(clamping: open.row.version)
        ) { event in
            guard event.stream == number, orders[number] != nil else { return }
            eventCount += 1
            try fold(event, event.version, into: open, rows)
        }
        if orders.removeValue(forKey: number) != nil { try finish(open, rows) }
    }

    private mutating func fold(
        _ event: borrowing StoredEvent, _ version: Int64, into open: OpenOrder, _ rows: borrowing Snapshot
    ) throws {
        guard version == open.order.version &+ 1 else {
            return drop(
                open, at: event,
                "its version is \(version), and \(open.order.version &+ 1) comes after the one before it")
        }
        do {
            try event.withBody { bytes in
                try body.read(
                    inPlace: bytes.assumingMemoryBound(to: UInt8.self), under: open.chart.workflow,
                    isFirst: version == 1, isForFold: !Visitor.looksAtEvents)
            }
        } catch let problem as JSONProblem {
            return drop(open, at: event, "byte \(problem.offset) of its text: \(problem.message)")
        }
        if version == 1, body.order != open.row.id || body.workflow != open.row.workflow.number {
            return drop(open, at: event, "it places \(body.order ?? "an order without an id"), its row another order")
        }
        try visitor.visit(event, body, of: open)
        let rules = Semantics(stored: event.semantics) ?? .current
        guard open.order.apply(body, under: open.chart.workflow, by: rules) else {
            return drop(open, at: event, "it does not fit what its order was before it")
        }
        if version == open.row.version {
            orders.removeValue(forKey: open.row.number)
            try finish(open, rows)
        }
    }

    private mutating func finish(_ open: OpenOrder, _ rows: borrowing Snapshot) throws {
        orderCount += 1
        try visitor.finish(open, rows)
    }

    /// Gives up on an order; its later events are passed over.
    private mutating func drop(_ open: OpenOrder, at event: borrowing StoredEvent, _ what: String) {
        orders.removeValue(forKey: open.row.number)
        orderCount += 1
        visitor.note(FileFinding(what).at(event.position).of(open.row.id).version(event.version))
    }

    private mutating func count(_ event: borrowing StoredEvent, in open: OpenStock) {
        if event.version != open.version &+ 1 {
            visitor.note(
                FileFinding("its version is \(event.version), and \(open.version &+ 1) comes after the one before it")
                    .at(event.position).of(open.row.key))
        }
        open.version = event.version
        if event.version == open.row.version { finish(open) }
    }

    private mutating func finish(_ open: OpenStock) {
        stocks.removeValue(forKey: open.row.number)
        stockCount += 1
        visitor.finish(open.row, eventCount: open.version)
    }

    /// An event of an order that was folded already. Its row must have known of it.
    private mutating func checkPassedOver(_ event: borrowing StoredEvent, _ rows: borrowing Snapshot) throws {
        let finding = FileFinding("the row that it belongs to ends before it").at(event.position).version(event.version)
        if let row = try rows.order(number: event.stream) {
            if row.version < event.version { visitor.note(finding.of(row.id)) }
        } else if let row = try rows.stock(number: event.stream) {
            if row.version < event.version { visitor.note(finding.of(row.key)) }
        }
    }
}
