import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The end of lanes: a lane's stored queue in which nothing lies, which owes nothing, and whose lane no consumer reads.
///
/// Clients choose the names of lanes, so without an end there would be more of them with every release. A lane that
/// gets a message again begins with a queue of a new number.
extension Broker {
    /// Queues that one step looks at.
    private static let queuesPerStep = 200

    /// Takes empty queues of lanes away; true: it found some, and there may be more.
    func dropEmptyLanes(in write: borrowing Write) throws -> Bool {
        let queues = committed { [now = write.now] in
            $0.queuesWithoutConsumers(
                at: now, after: maintenance.lastLaneQueue, limit: Self.queuesPerStep, settings)
        }
        let isMore = queues.count == Self.queuesPerStep
        maintenance.lastLaneQueue = isMore ? queues.last?.number ?? StoredQueueNumber(0) : StoredQueueNumber(0)
        var gone: [TopicName: Set<StoredQueueNumber>] = [:]
        for (number, topic) in queues {
            guard try isEmpty(number, in: write) else { continue }
            let goneThrough = try write.transaction.goneThrough(number)
            guard try remove(number, in: write) else { continue }
            if let goneThrough, let topic = try write.transaction.topic(topic) {
                try write.transaction.raiseLanesGone(of: topic, through: goneThrough)
            }
            gone[topic, default: []].insert(number)
        }
        for (topic, numbers) in gone.sorted(by: { $0.key < $1.key }) {
            maintenance.index.drop(numbers)
            pending.topics[topic] = try TopicState(topic, in: write.transaction)
        }
        return isMore && !gone.isEmpty
    }

    /// Whether nothing lies in a queue that once had messages, and no group is owed any of it.
    private func isEmpty(_ queue: StoredQueueNumber, in write: borrowing Write) throws -> Bool {
        guard try write.transaction.oldestOffset(of: queue) == nil else { return false }
        return try committed({ $0.cursors(on: queue) }).allSatisfy { key in
            guard committed(key, { $0.leases.isEmpty && $0.owed == 0 && !$0.isBeingMoved }) ?? true else {
                return false
            }
            return try write.transaction.redeliveries(of: key.group, in: queue, limit: 1).isEmpty
        }
    }

    /// False: it is the newest of all, and stays until there is a newer one.
    private func remove(_ queue: StoredQueueNumber, in write: borrowing Write) throws -> Bool {
        guard try write.transaction.deleteStoredQueue(queue) else { return false }
        for key in committed({ $0.cursors(on: queue) }) {
            try write.transaction.deleteCursor(of: key.group, on: queue)
            try write.transaction.openEffects(of: key.group, in: queue, from: nil)
        }
        return true
    }
}
