import WaybillCore
import WaybillEngine
import WaybillStore

/// What each order holds: its events, stream by stream, so that memory holds one order at a time.
extension CertificateRun {
    mutating func foldOrders() throws {
        var open: HeldByOrder?
        var place = (stream: StreamNumber(0), version: Int64(0))
        var seen = 0
        while true {
            let count = try engine.store.read { rows in
                try rows.forEachEvent(
                    afterStream: place.stream, version: place.version, upTo: last, limit: settings.pageMax
                ) { event in
                    if event.stream != place.stream, let order = open {
                        open = nil
                        try close(order, rows)
                    }
                    place = (event.stream, event.version)
                    if event.version == 1 { open = HeldByOrder(event) }
                    if var order = open {
                        // Nobody else holds it meanwhile, so its arrays are changed where they lie.
                        open = nil
                        try add(event, to: &order)
                        open = order
                    }
                }
            }
            seen += count
            show(seen)
            if count < settings.pageMax { break }
        }
        if let order = open { try engine.store.read { rows in try close(order, rows) } }
        endPass()
    }

    private mutating func add(_ event: borrowing StoredEvent, to order: inout HeldByOrder) throws {
        let sketch: HolderSketch
        do {
            sketch = try HolderSketch(event)
        } catch is JSONProblem {
            // The pass by position has named it.
            order.isBroken = true
            return
        }
        if event.version == 1 { order.id = sketch.order }
        if event.type == settings.payment { order.payments += 1 }
        for name in sketch.stopped { order.pending.removeAll { $0.name == name } }
        for timeout in sketch.armed {
            order.pending.removeAll { $0.name == timeout.name }
            order.pending.append(timeout)
        }
        guard let id = order.id else { return }
        for movement in sketch.movements where isMine(movement.key) {
            if order.move(movement) { continue }
            guard !order.isBroken else { continue }
            order.isBroken = true
            let held = order.holding(movement.key)
            try note(
                FileFinding(
                    """
                    \(movement.kind.name) \(movement.quantity) is more than the order holds: \
                    \(held.reserved) reserved, \(held.sold) sold, \(held.shipped) of them shipped
                    """
                ).at(event.position).of(id).version(event.version).of(movement.key))
        }
    }

    /// Writes what an order holds after its last event, and compares its row with it.
    private mutating func close(_ order: HeldByOrder, _ rows: borrowing Snapshot) throws {
        guard let id = order.id else { return }
        let holdings = order.holdings.sorted { $0.key < $1.key }
        if !holdings.isEmpty { try write(order, id, holdings) }
        for holding in holdings {
            var entry = ledger[holding.key] ?? Entry()
            entry.heldReserved &+= holding.reserved
            entry.heldSold &+= holding.sold
            if holding.sold > 0 {
                entry.orders += 1
                entry.payments += order.payments
            }
            ledger[holding.key] = entry
        }
        guard let row = try rows.order(number: order.stream) else {
            return try note(FileFinding("it has events and no row").of(id))
        }
        try compare(row, with: holdings, of: order)
        if holdings.contains(where: { $0.reserved > 0 }) { try checkTimeouts(of: order, id, rows) }
    }

    private mutating func write(_ order: HeldByOrder, _ id: OrderID, _ holdings: [Holding]) throws {
        report.holders += 1
        try lines.add("order") { writer in
            writer.member("stream", order.stream.number)
            writer.member("id", id.text)
            writer.key("holds")
            writer.beginArray()
            for holding in holdings {
                writer.beginArray()
                writer.text(holding.key.sku.text)
                writer.text(holding.key.location.text)
                for amount in [holding.reserved, holding.sold, holding.shipped] { writer.int(amount) }
                writer.endArray()
            }
            writer.endArray()
            writer.member("payments", order.payments)
            writer.key("pending")
            writer.beginArray()
            for timeout in order.pending {
                writer.beginArray()
                writer.text(timeout.name.text)
                writer.int(timeout.due.milliseconds)
                writer.endArray()
            }
            writer.endArray()
        }
    }

    /// An order that reserves units must be woken: one whose timeout is lost keeps them from everybody for ever, and
    /// one whose timeout does not come through keeps them until somebody looks.
    private mutating func checkTimeouts(of order: HeldByOrder, _ id: OrderID, _ rows: borrowing Snapshot) throws {
        for timeout in order.pending {
            let key = TimeoutKey(
                kind: .order, due: timeout.due, owner: order.stream.number, name: timeout.name.text)
            let isOverdue = until.map { timeout.due.advanced(by: settings.overdueAfter) < $0 } ?? false
            let retry = try rows.timeoutRetry(key)
            let problem: String
            if let retry, isOverdue || retry.retryAt == nil {
                problem = "it was due at \(timeout.due.iso8601), and \(retry.words)"
            } else if try retry == nil && !rows.isPending(key) {
                problem = "it is due at \(timeout.due.iso8601), and no row will wake it: it is lost"
            } else if isOverdue, let until {
                problem =
                    "it was due at \(timeout.due.iso8601), and had not fired at \(until.iso8601); its row is there, "
                    + "and it fires once the file is open"
            } else {
                continue
            }
            try note(FileFinding("units stay reserved: \(problem)").of(id).timeout(timeout.name.text))
        }
    }

    private mutating func compare(_ row: OrderRow, with holdings: [Holding], of order: HeldByOrder) throws {
        let stored: [Holding]
        do throws(JSONProblem) {
            stored = try storedHoldings(row.state).filter { isMine($0.key) && !$0.isEmpty }.sorted { $0.key < $1.key }
        } catch {
            return try note(FileFinding("byte \(error.offset) of its state: \(error.message)").of(row.id))
        }
        guard !order.isBroken, stored != holdings else { return }
        try note(
            FileFinding("its row says that it holds \(stored.words), its events give \(holdings.words)").of(row.id))
    }
}

extension TimeoutRetry {
    /// Why it has not come through, and what becomes of it.
    fileprivate var words: String {
        let failed = "its handling failed \(attempt == 1 ? "once" : "\(attempt) times"), the last time because \(error)"
        guard let retryAt else { return "\(failed); it is parked until somebody mends that and gives it another time" }
        return "\(failed); it is tried again at \(retryAt.iso8601)"
    }
}

/// What one order holds by its events so far.
struct HeldByOrder {
    let stream: StreamNumber
    /// Nil: the stream is no order's, but a stock's own.
    var id: OrderID?
    var holdings: [Holding] = []
    var payments: Int64 = 0
    var pending: [Order.PendingTimeout] = []
    /// An event did not fit; said once.
    var isBroken = false

    init(_ event: borrowing StoredEvent) { stream = event.stream }

    func holding(_ key: StockKey) -> Holding { holdings.first { $0.key == key } ?? Holding(key: key) }

    /// False, and nothing changed, when it goes beyond what is held.
    mutating func move(_ movement: Movement) -> Bool {
        guard let next = holding(movement.key).applying(movement) else { return false }
        holdings.removeAll { $0.key == movement.key }
        if !next.isEmpty { holdings.append(next) }
        return true
    }
}

/// What an event says of what its order holds and waits for, read without knowing its workflow.
private struct HolderSketch {
    /// The first event only.
    var order: OrderID?
    var movements: [Movement] = []
    var armed: [Order.PendingTimeout] = []
    var stopped: [TimeoutName] = []

    init(_ event: borrowing StoredEvent) throws {
        try event.withBody { bytes in try read(bytes.assumingMemoryBound(to: UInt8.self)) }
    }

    private mutating func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONProblem) {
        var sketch = self
        try JSONReader.read(bytes) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                switch key.string {
                case "order": sketch.order = OrderID(try reader.text())
                case "stock":
                    try reader.array { reader throws(JSONProblem) in
                        sketch.movements.append(try reader.movement())
                    }
                case "armed":
                    try reader.array { reader throws(JSONProblem) in
                        sketch.armed.append(try reader.pendingTimeout())
                    }
                case "stopped":
                    try reader.array { reader throws(JSONProblem) in
                        sketch.stopped.append(TimeoutName(try reader.text()))
                    }
                default: try reader.skipValue()
                }
            }
        }
        self = sketch
    }
}

extension [Holding] {
    /// `1 reserved, 2 sold of mug`
    fileprivate var words: String {
        if isEmpty { return "nothing" }
        return map { holding in
            let place = holding.key.location.text.isEmpty ? "" : " at \(holding.key.location)"
            return "\(holding.reserved) reserved, \(holding.sold) sold, \(holding.shipped) shipped of "
                + "\(holding.key.sku)\(place)"
        }.joined(separator: "; ")
    }
}
