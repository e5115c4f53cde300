import WaybillCore
import WaybillStore

/// How many orders there are of each workflow and status: changed in the write that changes the orders, by their
/// differences, so that the numbers are exact at every commit and no one counts.
///
/// In a file of an earlier release the orders are counted gradually, by their numbers: those up to ``countedTo`` are
/// in the counts, and a change of one beyond it is counted when its turn comes. New orders have the highest numbers.
struct OrderCounts {
    /// The last order that is counted, with the changes of this write; nil: all are.
    private var countedTo: StreamNumber?
    private var committed: StreamNumber?
    private var changes: [OrderCountKey: Int64] = [:]
    /// Changes that are not among those yet: most orders of a write go the same few ways.
    private var recent: [(key: OrderCountKey, change: Int64)] = []
    private static let recentMax = 4

    init(countedTo: StreamNumber?) {
        self.countedTo = countedTo
        committed = countedTo
    }

    /// Notes what an order that is about to be stored was counted as, and is from now on.
    ///
    /// - Parameter status: that of its row; nil: it has none yet.
    mutating func move(_ order: Order, of workflow: WorkflowNumber, from status: Text?) {
        guard status != order.status, isCounted(order.number) else { return }
        if let status { add(-1, to: workflow, status) }
        add(1, to: workflow, order.status)
    }

    private mutating func add(_ change: Int64, to workflow: WorkflowNumber, _ status: Text) {
        for index in recent.indices where recent[index].key.status == status && recent[index].key.workflow == workflow {
            recent[index].change += change
            return
        }
        if recent.count == Self.recentMax { gather() }
        recent.append((OrderCountKey(workflow: workflow, status: status), change))
    }

    private mutating func gather() {
        for (key, change) in recent { changes[key, default: 0] += change }
        recent.removeAll(keepingCapacity: true)
    }

    private func isCounted(_ order: StreamNumber) -> Bool { countedTo.map { order <= $0 } ?? true }

    /// Writes down the differences since the last call.
    mutating func flush(in transaction: borrowing Transaction) throws {
        gather()
        guard !changes.isEmpty else { return }
        for (key, change) in changes.sorted(by: { $0.key < $1.key }) { try transaction.count(change, as: key) }
        changes.removeAll(keepingCapacity: true)
    }

    /// Counts the next orders; false: all are counted. What this write has changed must be stored.
    mutating func countMore(limit: Int, in transaction: borrowing Transaction) throws -> Bool {
        guard let last = countedTo else { return false }
        let page = try transaction.ordersToCount(after: last, limit: limit)
        for order in page { changes[order.key, default: 0] += 1 }
        try flush(in: transaction)
        if let next = page.last, page.count == limit {
            countedTo = next.number
            try transaction.set(.ordersCountedTo, to: next.number.number)
        } else {
            countedTo = nil
            try transaction.removeSetting(.ordersCountedTo)
        }
        return countedTo != nil
    }

    mutating func endWrite() { committed = countedTo }

    /// After a write that was undone.
    mutating func rollBack() {
        changes.removeAll()
        recent.removeAll()
        countedTo = committed
    }
}
