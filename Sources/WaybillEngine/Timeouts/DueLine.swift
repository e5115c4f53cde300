import WaybillCore
import WaybillStore

/// Something that is due, with the order that waits for it.
struct DueItem {
    let rank: Scheduled.Rank
    let entry: OrderLedger.Entry
    let trigger: Trigger
    /// The row that woke it; nil: it is looked for when its turn comes.
    var row: DueTimeout?

    init(_ matter: Scheduled, of entry: OrderLedger.Entry, row: DueTimeout? = nil) {
        rank = entry.order.rank(of: matter, under: entry.workflow.workflow)
        self.entry = entry
        self.row = row
        trigger =
            switch matter {
            case .timeout(let timeout): .timeout(timeout.name)
            case .call(let call): .expiry(call.number)
            }
    }
}

/// Things that are due, in the order in which they fire. What one of them arms for a moment that has come takes its
/// place among them.
struct DueLine {
    /// Up to where the line is complete: due time and order. Nil: all that is due stands in it.
    struct End: Comparable {
        let due: Moment
        let order: Int64

        init(due: Moment, order: Int64) {
            self.due = due
            self.order = order
        }

        init(_ rank: Scheduled.Rank) { self.init(due: rank.due, order: rank.order.number) }

        static func < (left: End, right: End) -> Bool { (left.due, left.order) < (right.due, right.order) }
    }

    /// The first to fire comes last.
    private var items: [DueItem]
    let end: End?

    /// - Parameter end: what stands behind it is left out, as others may come before that.
    init(_ items: [DueItem], end: End? = nil) {
        let complete = items.filter { item in end.map { End(item.rank) <= $0 } ?? true }
        self.items = complete.sorted { $0.rank > $1.rank }
        self.end = end
    }

    var isEmpty: Bool { items.isEmpty }

    /// Takes the one that fires next.
    mutating func take() -> DueItem? { items.popLast() }

    /// Adds one in its place; false: the line is not complete up to there.
    mutating func add(_ item: DueItem) -> Bool {
        if let end, End(item.rank) > end { return false }
        let index = items.firstIndex { $0.rank < item.rank } ?? items.endIndex
        items.insert(item, at: index)
        return true
    }
}
