import WaybillCore
import WaybillStore

/// Message groups of FIFO groups: one message of each is in flight, the others wait behind it by rows.
extension Broker {
    /// Whether an earlier message of the same message group is in flight, or owed.
    func isBusy(_ row: RedeliveryRow, _ topic: TopicNumber, in transaction: borrowing Transaction) throws -> Bool {
        guard let messageGroup = row.messageGroup else { return false }
        if try transaction.lease(of: row.group, topic: topic, messageGroup: messageGroup) != nil { return true }
        let first = try transaction.redeliveries(
            of: row.group, in: row.queue, messageGroup: messageGroup, limit: 1
        ).first
        return first.map { $0.offset < row.offset } ?? false
    }

    /// Ends the hold on a message group: what waits behind it becomes ready, the earliest only.
    func freeMessageGroup(
        _ messageGroup: Text?, _ topic: TopicState, _ group: GroupNumber, in transaction: borrowing Transaction
    ) throws {
        guard let messageGroup else { return }
        try transaction.deleteLease(of: group, topic: topic.number, messageGroup: messageGroup)
        for queue in topic.queues {
            let first = try transaction.redeliveries(
                of: group, in: queue.number, messageGroup: messageGroup, limit: 1
            ).first
            guard let first else { continue }
            // What a look-back has put off waits until its queue comes by.
            if first.state == .waiting, !isFree(first.offset, in: CourseKey(group: group, queue: queue.number)) {
                var ready = first
                ready.state = .ready
                try update(ready, from: first, in: transaction)
            }
            return
        }
    }

    /// After retention has taken messages below an offset: whoever waited behind one of them goes on.
    func freeMessageGroups(
        of key: CourseKey, below offset: Int64, in transaction: borrowing Transaction
    ) throws {
        guard let topic = topicState(of: key.queue) else { return }
        var last: FIFOLeaseRow?
        while true {
            let page = try transaction.leases(of: key.group, after: last, limit: 1_000)
            // What memory has in flight ends by itself.
            for lease in page
            where lease.queue == key.queue && lease.offset < offset && self.lease(of: lease.offset, in: key) == nil {
                try freeMessageGroup(lease.messageGroup, topic, key.group, in: transaction)
            }
            guard page.count == 1_000 else { break }
            last = page.last
        }
        var after: Int64?
        while true {
            let page = try transaction.redeliveries(
                of: key.group, in: key.queue, state: .waiting, after: after, limit: 1_000)
            for row in page where try !isBusy(row, topic.number, in: transaction) {
                try freeMessageGroup(row.messageGroup, topic, key.group, in: transaction)
            }
            guard page.count == 1_000 else { return }
            after = page.last?.offset
        }
    }
}
