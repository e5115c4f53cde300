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

        static func < (left: End, right: End) -> Bool { (left.due, left.order) < (right.due, right.order) }
    }

    /// The first to fire comes last.
    private var items: [DueItem]
    let end: End?

    init(_ items: [DueItem], end: End? = nil) {
        self.items = items.sorted { $0.rank > $1.rank }
        self.end = end
    }

    var isEmpty: Bool { items.isEmpty }

    /// Takes the one that fires next.
    mutating func take() -> DueItem? { items.popLast() }

    /// Adds one in its place; false: the line is not complete up to there.
    mutating func add(_ item: DueItem) -> Bool {
        if let end, End(due: item.rank.due, order: item.rank.order.number) > end { return false }
        let index = items.firstIndex { $0.rank < item.rank } ?? items.endIndex
        items.insert(item, at: index)
        return true
    }
}
