import Synchronization
import WaybillCore
import WaybillStore

/// The end of lanes: a lane's stored queue in which nothing lies, which owes nothing, and whose lane no consumer reads.
///
/// Clients choose the names of lanes, so without an end there would be more of them with every release. A lane that
/// gets a message again begins with a queue of a new number.
extension Broker {
    /// Queues that one step looks at.
    private static let queuesPerStep = 200

    /// Takes empty queues of lanes away; true: it found some, and there may be more.
    func dropEmptyLanes(at now: Moment, in transaction: borrowing Transaction) throws -> Bool {
        let queues = groups.queuesWithoutConsumers(
            at: now, after: maintenance.lastLaneQueue, limit: Self.queuesPerStep)
        let isMore = queues.count == Self.queuesPerStep
        maintenance.lastLaneQueue = isMore ? queues.last?.number ?? StoredQueueNumber(0) : StoredQueueNumber(0)
        var gone: [TopicName: Set<StoredQueueNumber>] = [:]
        for (number, topic) in queues {
            guard try isEmpty(number, in: transaction), try remove(number, in: transaction) else { continue }
            try noteGone(number, of: topic, in: transaction)
            gone[topic, default: []].insert(number)
        }
        for (topic, numbers) in gone.sorted(by: { $0.key < $1.key }) {
            maintenance.index.drop(numbers)
            pending.topics[topic] = try TopicState(topic, in: transaction)
        }
        return isMore && !gone.isEmpty
    }

    /// Whether nothing lies in a queue that once had messages, and no group is owed any of it.
    private func isEmpty(_ queue: StoredQueueNumber, in transaction: borrowing Transaction) throws -> Bool {
        guard try transaction.oldestOffset(of: queue) == nil else { return false }
        return try groups.cursors(on: queue).allSatisfy { key in
            guard committed(key, { $0.leases.isEmpty && $0.owed == 0 && !$0.isBeingMoved }) ?? true else {
                return false
            }
            return try transaction.redeliveries(of: key.group, in: queue, limit: 1).isEmpty
        }
    }

    /// False: it is the newest of all, and stays until there is a newer one.
    private func remove(_ queue: StoredQueueNumber, in transaction: borrowing Transaction) throws -> Bool {
        guard try transaction.deleteStoredQueue(queue) else { return false }
        for key in groups.cursors(on: queue) {
            try transaction.deleteCursor(of: key.group, on: queue)
            try transaction.openEffects(of: key.group, in: queue, from: nil)
        }
        return true
    }

    /// Keeps up to which event the messages of lanes may be gone, and drops what was known of the queue.
    private func noteGone(
        _ queue: StoredQueueNumber, of topic: TopicName, in transaction: borrowing Transaction
    ) throws {
        if let last = try transaction.numberSetting(.retained(queue)), let number = try transaction.topic(topic),
            try transaction.numberSetting(.retainedLanes(number)) ?? 0 < last
        {
            try transaction.set(.retainedLanes(number), to: last)
        }
        for name in [Text.indexed(queue), .size(queue), .retained(queue)] { try transaction.removeSetting(name) }
    }
}
