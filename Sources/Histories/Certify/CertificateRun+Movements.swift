import WaybillCore
import WaybillEngine
import WaybillStore

/// The levels of the stocks: every movement, in order of position.
extension CertificateRun {
    mutating func foldMovements() throws {
        var position = Position(0)
        while true {
            let count = try engine.store.read { rows in
                try rows.forEachEvent(after: position, upTo: last, limit: settings.pageMax) { event in
                    position = event.position
                    try add(event)
                }
            }
            show(Int(clamping: position.number))
            if count < settings.pageMax { break }
        }
        endPass()
    }

    private mutating func add(_ event: borrowing StoredEvent) throws {
        let sketch: EventSketch
        do {
            sketch = try EventSketch(event, besides: acts)
        } catch let problem as JSONProblem {
            return try note(
                FileFinding("byte \(problem.offset) of its text: \(problem.message)").at(event.position))
        }
        for movement in sketch.movements where isMine(movement.key) { try add(movement, of: event) }
    }

    private mutating func add(_ movement: Movement, of event: borrowing StoredEvent) throws {
        let before = ledger[movement.key] ?? Entry()
        var entry = before
        let right = before.level.applying(movement)
        // Below zero it goes on, so that the certificate shows how far; only beyond 64 bits it cannot.
        entry.level = right ?? before.level.moved(by: movement) ?? before.level
        entry.level.noteLimit(movement, by: event.type)
        if right == nil { entry.isBroken = true }
        ledger[movement.key] = entry
        report.movements += 1
        let (position, at, stream) = (event.position, event.at, event.stream)
        try lines.add("movement") { writer in
            writer.member("event", position.number)
            writer.member("at", at.milliseconds)
            writer.member("stream", stream.number)
            writer.member("kind", movement.kind.name)
            writer.members(of: movement.key)
            writer.member("quantity", movement.quantity)
            writer.level(entry.level)
        }
        guard right == nil, !before.isBroken else { return }
        try note(
            FileFinding("\(movement.kind.name) \(movement.quantity) is more than there is: \(before.level.words)")
                .at(position).of(movement.key))
    }

    /// Writes each stock's end, and compares its row with it.
    mutating func closeStocks() throws {
        var unseen = ledger
        var walk = PageWalk<StockRow, StockKey?>(after: nil, by: \.key, limit: settings.pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.stocks(after: last, limit: limit) }
        }) {
            for row in page where isMine(row.key) {
                let entry = unseen.removeValue(forKey: row.key) ?? Entry()
                try close(row.key, entry)
                if row.level != entry.level {
                    try note(
                        FileFinding("its row says \(row.level.words), the movements give \(entry.level.words)")
                            .of(row.key))
                }
            }
        }
        for key in unseen.keys.sorted() {
            try close(key, unseen[key] ?? Entry())
            try note(FileFinding("it has no row, and the journal moves it").of(key))
        }
    }

    private mutating func close(_ key: StockKey, _ entry: Entry) throws {
        report.stocks += 1
        let stock = CertificateReport.Stock(
            key: key, level: entry.level, orders: entry.orders, payments: entry.payments)
        if report.shown.count < settings.shownMax { report.shown.append(stock) }
        try lines.add("stock") { writer in
            writer.members(of: key)
            writer.level(entry.level)
            writer.member("orders", entry.orders)
            writer.member("payments", entry.payments)
        }
        if entry.level.reserved != entry.heldReserved || entry.level.sold != entry.heldSold {
            try note(
                FileFinding(
                    """
                    \(entry.level.reserved) are reserved and \(entry.level.sold) sold, the orders hold \
                    \(entry.heldReserved) and \(entry.heldSold)
                    """
                ).of(key))
        }
    }
}
