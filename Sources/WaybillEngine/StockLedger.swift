import WaybillCore
import WaybillStore

/// The stock rows that this writer has seen, as they will be after the write at hand.
///
/// The writer is the only one who changes stock, so rows stay valid from one write to the next; they are forgotten when
/// a write is undone. A decision that asks for a row which is not here is told no, the row is fetched, and the decision
/// is made again: so a decision never waits for the disk, and on another store all rows come in one round trip.
final class StockLedger: StockFacts {
    /// Rows kept between writes; beyond it all are forgotten and fetched again when asked for.
    static let rowsMax = 100_000

    private enum Entry {
        case row(StockRow)
        case absent
    }

    private var entries: [StockKey: Entry] = [:]
    private var dirty: Set<StockKey> = []
    /// Keys that a decision asked for and that are not here yet.
    private(set) var missing: [StockKey] = []
    /// Rows that the decision at hand opens, with their quota; a later question of it must not open them again.
    private var opening: [StockKey: Int64] = [:]

    func reserve(_ lines: [ReserveLine], after movements: [Movement]) -> ReserveAnswer {
        let unknown = lines.map(\.key).filter { entries[$0] == nil }
        guard unknown.isEmpty else {
            missing += unknown
            return .short(line: 0, free: 0)
        }
        var free: [StockKey: Int64] = [:]
        var opened: [Int] = []
        for (index, line) in lines.enumerated() {
            let available: Int64
            if let known = free[line.key] {
                available = known
            } else if case .row(let row) = entries[line.key] {
                available = row.level.free &+ freed(line.key, by: movements)
            } else if let quota = opening[line.key] {
                available = quota + freed(line.key, by: movements)
            } else if let quota = line.quota {
                opened.append(index)
                available = quota
            } else {
                available = 0
            }
            guard line.quantity <= available else { return .short(line: index, free: available) }
            free[line.key] = available - line.quantity
        }
        for index in opened { opening[lines[index].key] = lines[index].quota }
        return .done(opened: opened)
    }

    /// What the same decision has put back or taken, by movements that are not applied yet.
    private func freed(_ key: StockKey, by movements: [Movement]) -> Int64 {
        var sum: Int64 = 0
        for movement in movements where movement.key == key {
            switch movement.kind {
            case .release, .giveBack, .restock: sum += movement.quantity
            case .reserve: sum -= movement.quantity
            case .receive, .adjust, .confirm, .ship, .scrap: break
            }
        }
        return sum
    }

    func beginDecision() {
        missing.removeAll(keepingCapacity: true)
        opening.removeAll(keepingCapacity: true)
    }

    /// Fetches rows that are not here.
    func load(_ keys: some Sequence<StockKey>, in transaction: borrowing Transaction) throws {
        for key in keys where entries[key] == nil {
            if let row = try transaction.stock(key) { entries[key] = .row(row) } else { entries[key] = .absent }
        }
    }

    /// The row of a key that was loaded, or nil when there is no such stock.
    func row(_ key: StockKey) -> StockRow? {
        guard case .row(let row) = entries[key] else { return nil }
        return row
    }

    /// Applies one movement; false when it does not fit the row.
    func apply(_ movement: Movement) -> Bool {
        guard case .row(var row) = entries[movement.key], let level = row.level.applying(movement) else { return false }
        row.level = level
        entries[movement.key] = .row(row)
        dirty.insert(movement.key)
        return true
    }

    /// Takes up a row that was inserted or that has a new version.
    func set(_ row: StockRow) { entries[row.key] = .row(row) }

    /// Writes every row that changed: one statement per row and write, however many orders moved it.
    func flush(in transaction: borrowing Transaction) throws {
        for key in dirty {
            if case .row(let row) = entries[key] { try transaction.update(row) }
        }
        dirty.removeAll(keepingCapacity: true)
    }

    func markDirty(_ key: StockKey) { dirty.insert(key) }

    /// After a commit: keeps what fits.
    func endWrite() {
        if entries.count > Self.rowsMax { entries.removeAll() }
    }

    /// After a write that was undone: nothing here is true any more.
    func forget() {
        entries.removeAll()
        dirty.removeAll()
        missing.removeAll()
    }
}
