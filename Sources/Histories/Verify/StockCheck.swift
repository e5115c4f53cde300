import WaybillCore
import WaybillEngine
import WaybillStore

/// Folds every stock from the movements in the journal, in order of position: no amount may fall below zero anywhere,
/// and in the end each stock row must be what the movements give, and what orders hold must sum to it.
///
/// Memory holds a share of the stocks at a time: a file with more of them than that is read several times.
struct StockCheck {
    private(set) var findings: FileFindings
    private(set) var movementCount = 0
    private(set) var stockCount = 0
    private let engine: Engine
    private let last: Position
    private var acts: StreamNumber?
    /// Stocks in memory at a time.
    private let keysMax = 200_000
    private let pageMax = 1_000
    private var ledger: [StockKey: Entry] = [:]

    /// What the journal and the orders say of one stock.
    private struct Entry {
        var level = StockLevel()
        var heldReserved: Int64 = 0
        var heldSold: Int64 = 0
        /// A movement did not fit: what follows is not compared.
        var isBroken = false
    }

    init(_ engine: Engine, findingsMax: Int) {
        self.engine = engine
        findings = FileFindings(keptMax: findingsMax)
        last = engine.lastPosition
    }

    mutating func run(progress: (Int, Int) -> Void = { _, _ in }) throws {
        acts = try engine.streamOfActs()
        let shares = try StockShares(engine, keysMax: keysMax, pageMax: pageMax)
        for share in 0..<shares.count {
            let isMine = { (key: StockKey) in shares.contains(key, in: share) }
            ledger = [:]
            try fold(isMine, progress)
            try addHoldings(isMine)
            try compare(isMine)
        }
        ledger = [:]
    }

    /// Applies every movement of the share, in order of position.
    private mutating func fold(_ isMine: (StockKey) -> Bool, _ progress: (Int, Int) -> Void) throws {
        var position = Position(0)
        while true {
            let count = try engine.store.read { rows in
                try rows.forEachEvent(after: position, upTo: last, limit: pageMax) { event in
                    position = event.position
                    try add(event, isMine)
                }
            }
            progress(Int(clamping: position.number), Int(clamping: last.number))
            if count < pageMax { return }
        }
    }

    private mutating func add(_ event: borrowing StoredEvent, _ isMine: (StockKey) -> Bool) throws {
        let sketch: EventSketch
        do {
            sketch = try EventSketch(event, besides: acts)
        } catch let problem as JSONProblem {
            return findings.add(
                FileFinding("byte \(problem.offset) of its text: \(problem.message)").at(event.position))
        }
        for movement in sketch.movements where isMine(movement.key) {
            movementCount += 1
            var entry = ledger[movement.key] ?? Entry()
            if let level = entry.level.applying(movement, by: event.type), level.isBalanced {
                entry.level = level
            } else if !entry.isBroken {
                entry.isBroken = true
                findings.add(
                    FileFinding(
                        "\(movement.kind.name) \(movement.quantity) is more than there is: \(entry.level.words)"
                    ).at(event.position).of(movement.key))
            }
            ledger[movement.key] = entry
        }
    }

    /// Sums what the orders' rows say that they hold.
    private mutating func addHoldings(_ isMine: (StockKey) -> Bool) throws {
        guard !ledger.isEmpty else { return }
        var after: StreamNumber? = StreamNumber(0)
        while let number = after {
            let page = try engine.store.read { rows in try rows.orders(after: number, limit: pageMax) }
            after = page.next
            for row in page.orders {
                let holdings: [Holding]
                do {
                    holdings = try storedHoldings(row.state)
                } catch {
                    findings.add(FileFinding("byte \(error.offset) of its state: \(error.message)").of(row.id))
                    continue
                }
                for holding in holdings where isMine(holding.key) {
                    var entry = ledger[holding.key] ?? Entry()
                    entry.heldReserved &+= holding.reserved
                    entry.heldSold &+= holding.sold
                    ledger[holding.key] = entry
                }
            }
        }
    }

    /// Compares the stock rows with the movements, and both with what is held.
    private mutating func compare(_ isMine: (StockKey) -> Bool) throws {
        var unseen = ledger
        var after: StockKey?
        while true {
            let rows = try engine.store.read { [after] rows in try rows.stocks(after: after, limit: pageMax) }
            for row in rows where isMine(row.key) {
                stockCount += 1
                compare(row, unseen.removeValue(forKey: row.key) ?? Entry())
            }
            if rows.count < pageMax { break }
            after = rows.last?.key
        }
        for key in unseen.keys.sorted() {
            findings.add(FileFinding("it has no row, and the journal moves it").of(key))
        }
    }

    private mutating func compare(_ row: StockRow, _ entry: Entry) {
        if row.level != entry.level, !entry.isBroken {
            findings.add(
                FileFinding("its row says \(row.level.words), the movements give \(entry.level.words)").of(row.key))
        }
        if row.level.reserved != entry.heldReserved || row.level.sold != entry.heldSold {
            findings.add(
                FileFinding(
                    """
                    \(row.level.reserved) are reserved and \(row.level.sold) sold, the orders hold \
                    \(entry.heldReserved) and \(entry.heldSold)
                    """
                ).of(row.key))
        }
    }
}

/// What the stored state of an order says that it holds, read without knowing its workflow.
func storedHoldings(_ state: [UInt8]) throws(JSONProblem) -> [Holding] {
    var holdings: [Holding] = []
    try JSONReader.read(state) { reader throws(JSONProblem) in
        try reader.object { key, reader throws(JSONProblem) in
            if key == "held" {
                try reader.array { reader throws(JSONProblem) in holdings.append(try reader.holding()) }
            } else {
                try reader.skipValue()
            }
        }
    }
    return holdings
}

extension StockLevel {
    /// `received 10, adjusted 0, free 7, reserved 2, sold 1`
    var words: String {
        "received \(received), adjusted \(adjusted), free \(free), reserved \(reserved), sold \(sold)"
            + (purchaseLimit.map { ", purchase limit \($0)" } ?? "")
    }
}
