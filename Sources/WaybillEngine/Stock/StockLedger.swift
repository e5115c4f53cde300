import WaybillCore
import WaybillStore

/// The stock rows that this writer has seen, as they will be after the current write.
///
/// The writer is the only one who changes stock, so rows stay valid from one write to the next; they are forgotten when
/// a write is undone. A decision that asks for a row which is not here is told no, the row is fetched, and the decision
/// is made again: so a decision never waits for the disk. All rows that one reservation lacks are fetched together.
final class StockLedger: StockFacts {
    /// Rows kept between writes; beyond it all are forgotten and fetched again when asked for.
    static let rowsMax = 100_000

    /// What is known of one key.
    private final class Entry {
        /// Nil: there is no such stock.
        var row: StockRow?
        var isDirty = false
        /// The purchase limit with which the current decision opens it, or to which it changes it; nil: neither.
        var quota: Int64?
        /// What earlier lines of the current reservation ask of it.
        var asked: Int64 = 0

        init(_ row: StockRow?) { self.row = row }

        /// What is free of its row, under the purchase limit of the current decision. Below 0: the order before took
        /// more than the limit of now.
        func limitedFree(_ row: StockRow) -> Int64 {
            guard let quota, let limit = row.level.purchaseLimit else { return row.level.free }
            let (free, overflow) = row.level.free.addingReportingOverflow(quota - limit)
            return overflow ? .max : free
        }
    }

    private var entries: [StockKey: Entry] = [:]
    private var dirty: [Entry] = []
    /// Keys that a decision asked for and that are not here yet.
    private(set) var missing: [StockKey] = []
    /// Rows that the current decision opens, with their quota; a later question of it must not open them again.
    private var opening: [Entry] = []
    /// Rows whose purchase limit the current decision changes.
    private var changing: [Entry] = []
    /// Whether the current decision was told that something is short.
    private(set) var wasShort = false
    /// What commands ask for that keep their place for the next write: it is not given to those who came after them.
    private var contested: Set<StockKey> = []
    /// Whether what is decided comes after them: what was due comes before.
    var comesAfterKept = false
    /// The keys of the reservation that was short last.
    private(set) var shortKeys: [StockKey] = []
    let board: SoldOutBoard
    /// What the current write was asked for and found nothing free of.
    private var exhausted: Set<StockKey> = []

    init(board: SoldOutBoard) { self.board = board }

    func reserve(_ lines: [ReserveLine], after movements: [Movement]) -> ReserveAnswer {
        var found: [Entry] = []
        found.reserveCapacity(lines.count)
        for line in lines {
            if let entry = entries[line.key] { found.append(entry) } else { missing.append(line.key) }
        }
        guard found.count == lines.count else { return .short(line: 0, free: 0) }
        if comesAfterKept, let index = lines.firstIndex(where: { contested.contains($0.key) }) {
            noteShort(lines)
            return .short(line: index, free: 0)
        }
        defer { for entry in found { entry.asked = 0 } }
        var opened: [Int] = []
        var changed: [(entry: Entry, before: Int64?)] = []
        for (index, (line, entry)) in zip(lines, found).enumerated() {
            let amount: Int64
            if let row = entry.row {
                if let quota = line.quota?.asLimit, let limit = entry.quota ?? row.level.purchaseLimit, quota != limit {
                    changed.append((entry, entry.quota))
                    entry.quota = quota
                }
                amount = entry.limitedFree(row)
            } else if let quota = entry.quota {
                amount = quota
            } else if let quota = line.quota?.asLimit {
                opened.append(index)
                entry.quota = quota
                amount = quota
            } else {
                amount = 0
            }
            let available = remaining(of: amount, line.key, after: movements).minus(entry.asked)
            guard line.quantity <= available else {
                noteShort(lines)
                for index in opened { found[index].quota = nil }
                for (entry, before) in changed.reversed() { entry.quota = before }
                if line.quota == nil, entry.row?.level.free == 0 { exhausted.insert(line.key) }
                return .short(line: index, free: max(0, available))
            }
            entry.asked += line.quantity
        }
        for index in opened { opening.append(found[index]) }
        for (entry, before) in changed where before == nil { changing.append(entry) }
        return .done(opened: opened)
    }

    func shortages(of lines: [ReserveLine], after movements: [Movement]) -> [Refusal.Shortage.Line] {
        // What is fetched first is decided again, and what others keep their place for is theirs.
        guard missing.isEmpty, !(comesAfterKept && lines.contains { contested.contains($0.key) }) else { return [] }
        var asked: [StockKey: (quantity: Int64, lines: Int)] = [:]
        for line in lines {
            let before = asked[line.key] ?? (0, 0)
            asked[line.key] = (before.quantity.plus(line.quantity), before.lines + 1)
        }
        var short: [Refusal.Shortage.Line] = []
        for line in lines {
            // Each stock is told once, where it is asked for first.
            guard let entry = entries[line.key], let all = asked.removeValue(forKey: line.key) else { continue }
            let quota = line.quota?.asLimit
            var amount = entry.row?.level.free ?? entry.quota ?? quota ?? 0
            // A purchase limit follows the order that asks for it.
            if let limit = entry.row?.level.purchaseLimit, let quota = quota ?? entry.quota {
                amount = amount.plus(quota.minus(limit))
            }
            let free = max(0, remaining(of: amount, line.key, after: movements))
            guard all.quantity > free else { continue }
            let isKnown = entry.row != nil || entry.quota != nil
            // Of goods an order may say `of:` as well, and it says nothing about them.
            let isGoods = entry.row.map { $0.level.purchaseLimit == nil } ?? false
            short.append(
                Refusal.Shortage.Line(
                    line.key, asked: all.quantity, free: free, lines: all.lines,
                    kind: isGoods ? .stock : quota.map { .limit($0) } ?? (isKnown ? .stock : .unknown)))
        }
        return short
    }

    private func noteShort(_ lines: [ReserveLine]) {
        wasShort = true
        shortKeys = lines.map(\.key)
    }

    /// The command whose decision was short keeps its place, and what it asked for waits with it until the next write.
    ///
    /// - Parameter keys: what that command asked for. A timeout that was decided since may have asked for something
    ///   else.
    func contest(_ keys: [StockKey]) { contested.formUnion(keys) }

    /// At the beginning of a write nobody has kept a place yet.
    func beginWrite() {
        if !contested.isEmpty { contested.removeAll() }
    }

    /// What is free when the same decision has put back and taken, by movements that are not applied yet. Saturates:
    /// more than 64 bits can count is not asked for either.
    private func remaining(of amount: Int64, _ key: StockKey, after movements: [Movement]) -> Int64 {
        var free = amount
        for movement in movements where movement.key == key {
            switch movement.kind {
            case .release, .giveBack, .restock, .adjust:
                let (sum, overflow) = free.addingReportingOverflow(movement.quantity)
                free = overflow ? .max : sum
            case .reserve: free = free.minus(movement.quantity)
            case .receive, .confirm, .ship, .scrap: break
            }
        }
        return free
    }

    func beginDecision() {
        wasShort = false
        missing.removeAll(keepingCapacity: true)
        for entry in opening { entry.quota = nil }
        opening.removeAll(keepingCapacity: true)
        if changing.isEmpty { return }
        for entry in changing { entry.quota = nil }
        changing.removeAll()
    }

    /// By how much the current decision changes purchase limits.
    var limitChanges: [(key: StockKey, by: Int64)] {
        changing.compactMap { entry in
            guard let row = entry.row, let limit = row.level.purchaseLimit, let quota = entry.quota, quota != limit
            else { return nil }
            // Of a row that cannot count more, more than enough is free.
            guard quota < limit || row.level.applying(Movement(.adjust, row.key, quota - limit)) != nil else {
                return nil
            }
            return (row.key, quota - limit)
        }
    }

    /// Fetches rows that are not here.
    func load(_ keys: some Sequence<StockKey>, in transaction: borrowing Transaction) throws {
        for key in keys where entries[key] == nil {
            let row = try transaction.stock(key)
            if let row, !row.canBeCounted {
                throw EngineFailure.damaged("the stock row of \(key.sku) at '\(key.location)' holds impossible numbers")
            }
            entries[key] = Entry(row)
        }
    }

    /// The row of a key that was loaded, or nil when there is no such stock.
    func row(_ key: StockKey) -> StockRow? { entries[key]?.row }

    /// Applies one movement; false when it does not fit the row.
    func apply(_ movement: Movement) -> Bool {
        guard let entry = entries[movement.key], let level = entry.row?.level.applying(movement) else { return false }
        entry.row?.level = level
        markDirty(entry)
        return true
    }

    /// Keeps a row that was inserted.
    func add(_ row: StockRow) {
        if let entry = entries[row.key] { entry.row = row } else { entries[row.key] = Entry(row) }
    }

    /// Keeps a row that has changed.
    func change(_ row: StockRow) {
        add(row)
        if let entry = entries[row.key] { markDirty(entry) }
    }

    private func markDirty(_ entry: Entry) {
        guard !entry.isDirty else { return }
        entry.isDirty = true
        dirty.append(entry)
    }

    /// Writes every row that changed: one statement per row and write, however many orders moved it.
    func flush(in transaction: borrowing Transaction) throws {
        for entry in dirty {
            entry.isDirty = false
            guard let row = entry.row else { continue }
            if row.level.free > 0 { board.takeOff(row.key) }
            try transaction.update(row)
        }
        dirty.removeAll(keepingCapacity: true)
    }

    /// After a commit: keeps what fits.
    func endWrite() {
        if !exhausted.isEmpty {
            board.put(exhausted.filter { entries[$0]?.row?.level.free == 0 })
            exhausted.removeAll(keepingCapacity: true)
        }
        if entries.count > Self.rowsMax { entries.removeAll() }
    }

    /// After a write that was undone: nothing here is true any more.
    func forget() {
        exhausted.removeAll()
        contested.removeAll()
        entries.removeAll()
        dirty.removeAll()
        missing.removeAll()
        opening.removeAll()
        changing.removeAll()
    }
}

extension Int64 {
    /// The sum, at the ends of the 64-bit range the end.
    fileprivate func plus(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    /// The difference, at the ends of the 64-bit range the end.
    fileprivate func minus(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}

extension StockRow {
    /// Whether its numbers are such as movements make; others are damage, and are not added to.
    fileprivate var canBeCounted: Bool {
        let counted = 0...Int64(1) << 62
        return number.number > 0 && counted.contains(version) && counted.contains(level.free)
            && counted.contains(level.reserved) && counted.contains(level.sold)
            && counted.contains(level.purchaseLimit ?? 0)
    }
}

extension Int64 {
    /// The same as a purchase limit: such that what is free can be counted on, whatever an order says.
    var asLimit: Int64 { Swift.min(self, 1 << 53) }
}
