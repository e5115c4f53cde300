import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Lets messages go: those whose time is over and that no group is owed, and beyond a topic's size the oldest.
///
/// ```
///                     below all floors, no redelivery names it     owed to idle groups only     owed
///  its time is over               goes                                     stays               stays
///  beyond the size          goes first, the oldest                     goes then, as a gap   goes last, as a gap
/// ```
///
/// What goes although a group was owed it is an event of the journal, and the group is marked.
final class Retention {
    struct Settings: Sendable {
        /// Messages that one step counts: few enough that no order waits long, and enough that the commit is not all of
        /// it.
        var countedMax = 4_000
        /// Messages that one step deletes.
        var deletedMax = 1_000
        /// Without a consumer for so long a group is idle: its claims go before those of others.
        var idleAfter: Interval

        init(idleAfter: Interval) { self.idleAfter = idleAfter }
    }

    /// What stands in the way of a message's going, from nothing to a living group's claim.
    enum Claim: CaseIterable {
        case none, idleGroups, groups
    }

    /// Messages of a queue that went although groups were owed them.
    struct Gap {
        var topic: TopicRow
        var queue: StoredQueueRow
        /// The first offset that is left.
        var offset: Int64
    }

    private let settings: Settings

    init(settings: Settings) {
        precondition(
            settings.countedMax > 0 && settings.deletedMax > 0, "a step counts and deletes one message at least")
        precondition(settings.idleAfter.milliseconds > 0, "a group is idle after some time, not at once")
        self.settings = settings
    }

    /// What a step came to.
    struct Outcome {
        /// Whether something is left to do at once.
        var isMore = false
        /// When the oldest message of all became visible; nil: there is none. Right only when nothing is left to do.
        var oldestVisibleAt: Moment?
    }

    /// One step over the topics.
    ///
    /// - Parameter cut: told of each gap, to mark groups and to write its event.
    func step(
        in write: borrowing Write, cut: (Gap) throws -> Void
    ) throws -> Outcome {
        var outcome = Outcome()
        var left = settings.deletedMax
        var walk = PageWalk(after: TopicNumber(0), by: \TopicRow.number)
        while left > 0, let page = try walk.next({ try write.transaction.topics(after: $0, limit: $1) }) {
            for topic in page where topic.deletedAt == nil && left > 0 {
                left -= try step(topic, limit: left, in: write, cut: cut)
                for queue in try write.transaction.storedQueues(of: topic.number) {
                    let head = try write.transaction.messageHeads(in: queue.number, fromOffset: 0, limit: 1).first
                    guard let visibleAt = head?.visibleAt else { continue }
                    outcome.oldestVisibleAt = min(outcome.oldestVisibleAt ?? visibleAt, visibleAt)
                }
            }
        }
        outcome.isMore = left <= 0
        return outcome
    }

    /// Counts and deletes messages of one topic; answers how many it deleted, or `limit` when more wait to be counted.
    private func step(
        _ topic: TopicRow, limit: Int, in write: borrowing Write, cut: (Gap) throws -> Void
    ) throws -> Int {
        let queues = try write.transaction.storedQueues(of: topic.number)
        var counted = 0
        for queue in queues where counted < settings.countedMax {
            counted += try write.transaction.countSize(of: queue.number, limit: settings.countedMax - counted)
        }
        var deleted = 0
        for queue in queues where deleted < limit {
            let end = try endByTime(of: queue.number, topic, at: write.now, in: write.transaction)
            deleted += try write.transaction.deleteCounted(of: queue.number, below: end, limit: limit - deleted).count
        }
        while deleted < limit, let queue = queues.first {
            let count = try shrink(
                topic, queues, first: queue, limit: limit - deleted, in: write, cut: cut)
            if count == 0 { break }
            deleted += count
        }
        return counted < settings.countedMax ? deleted : limit
    }

    /// The end of what goes because its time is over: no group is owed anything below it.
    func endByTime<Rows: TableReader & ~Copyable>(
        of queue: StoredQueueNumber, _ topic: TopicRow, at now: Moment, in rows: borrowing Rows
    ) throws -> Int64 {
        let horizon = now.advanced(by: Interval(milliseconds: -max(topic.retention.milliseconds, 0)))
        let end = try rows.offset(of: queue, visibleFrom: horizon)
        return min(end, try rows.lowestOwedOffset(of: queue) ?? end)
    }

    /// Deletes the oldest messages of a topic that is beyond its size; answers how many: 0, it is not.
    private func shrink(
        _ topic: TopicRow, _ queues: [StoredQueueRow], first: StoredQueueRow, limit: Int,
        in write: borrowing Write, cut: (Gap) throws -> Void
    ) throws -> Int {
        var bytes: Int64 = 0
        for queue in queues { bytes += try write.transaction.size(of: queue.number).bytes }
        let excess = bytes - max(topic.bytesMax, 1)
        guard excess > 0 else { return 0 }
        for claim in Claim.allCases {
            guard let (queue, end) = try oldest(of: queues, below: claim, in: write) else { continue }
            let through = min(end, try write.transaction.size(of: queue.number).through)
            let count = try messages(of: queue.number, below: through, freeing: excess, limit: limit, in: write)
            let gone = try write.transaction.deleteCounted(of: queue.number, below: through, limit: count)
            guard let last = gone.lastOffset else { continue }
            if claim != .none { try cut(Gap(topic: topic, queue: queue, offset: last + 1)) }
            return gone.count
        }
        return 0
    }

    /// How many of a queue's oldest messages it takes to free so many bytes.
    private func messages(
        of queue: StoredQueueNumber, below end: Int64, freeing excess: Int64, limit: Int, in write: borrowing Write
    ) throws -> Int {
        var low = 1
        var high = limit
        while low < high {
            let middle = low + (high - low) / 2
            let measure = try write.transaction.measureMessages(in: queue, fromOffset: 0, below: end, limit: middle)
            if measure.bytes >= excess || measure.count < middle { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The queue with the oldest message among those that may go when such claims do not count, and the end of them.
    private func oldest(
        of queues: [StoredQueueRow], below claim: Claim, in write: borrowing Write
    ) throws -> (queue: StoredQueueRow, end: Int64)? {
        var found: (queue: StoredQueueRow, end: Int64, visibleAt: Moment)?
        for queue in queues {
            guard let head = try write.transaction.messageHeads(in: queue.number, fromOffset: 0, limit: 1).first else {
                continue
            }
            let end = try end(of: queue.number, below: claim, at: write.now, in: write.transaction)
            guard head.place.offset < end, found.map({ head.visibleAt < $0.visibleAt }) ?? true else { continue }
            found = (queue, end, head.visibleAt)
        }
        return found.map { ($0.queue, $0.end) }
    }

    func end<Rows: TableReader & ~Copyable>(
        of queue: StoredQueueNumber, below claim: Claim, at now: Moment, in rows: borrowing Rows
    ) throws -> Int64 {
        let end = try rows.nextOffset(of: queue)
        switch claim {
        case .none: return try rows.lowestOwedOffset(of: queue) ?? end
        case .idleGroups:
            let horizon = now.advanced(by: Interval(milliseconds: -settings.idleAfter.milliseconds))
            return try rows.lowestOwedOffset(of: queue, usedSince: horizon) ?? end
        case .groups: return end
        }
    }
}
