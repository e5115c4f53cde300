import Synchronization
package import WaybillCore
import WaybillStore

/// Who may have a message: the groups' memory.
///
/// Consumers of ordinary groups take from it without a write; all else changes it only after a commit, in commit order.
/// It holds what is in flight, never what waits: its size does not follow the backlog.
package final class GroupMemory: Sendable {
    struct State {
        var topics: [TopicName: TopicState] = [:]
        /// The topic of each stored queue, and the offset after its last visible message.
        var queues: [StoredQueueNumber: (topic: TopicName, topicNumber: TopicNumber, queue: TopicState.Queue)] = [:]
        var ends: [StoredQueueNumber: Int64] = [:]
        var groups: [GroupNumber: GroupState] = [:]
        var names: [GroupName: GroupNumber] = [:]
        /// Groups that have a course on a topic, or wait for one.
        var subscribers: [TopicName: Set<GroupNumber>] = [:]
        var leaseEnds = DueHeap<LeaseEnd>()
        var leases = 0
        var waits = DueHeap<(group: GroupNumber, number: UInt64)>()
        var nextWaiter: UInt64 = 0
        /// The numbers of all who wait.
        var waiting: Set<UInt64> = []
        /// Writes that brought messages, by topic.
        var growths: [TopicName: UInt64] = [:]
        var isClosed = false
        /// Lanes that were promoted or abandoned: the base drains them whoever else there is.
        var closedLanes: Set<Text> = []
        /// Bytes that receives may be reading now.
        var readingBytes = 0
    }

    let settings: BrokerSettings
    let state: Mutex<State>

    /// Reads groups, topics and cursors: as many rows as there are queues times groups, however long the queues are.
    init(store: Store, settings: BrokerSettings, now: Moment) throws {
        self.settings = settings
        var loaded = State()
        try store.read { rows in
            var after = TopicNumber(0)
            while true {
                let page = try rows.topics(after: after, limit: 1_000)
                for row in page where row.deletedAt == nil {
                    guard let topic = try TopicState(row.name, in: rows) else { continue }
                    loaded.add(topic)
                    for queue in topic.queues {
                        loaded.ends[queue.number] = try rows.nextOffset(of: queue.number)
                    }
                }
                guard page.count == 1_000, let last = page.last else { break }
                after = last.number
            }
            loaded.closedLanes = try Broker.closedLanes(in: rows)
            var group = GroupNumber(0)
            while true {
                let page = try rows.groups(after: group, limit: 1_000)
                for row in page where row.deletedAt == nil { try loaded.load(row, at: now, settings, from: rows) }
                guard page.count == 1_000, let last = page.last else { break }
                group = last.number
            }
        }
        state = Mutex(loaded)
    }

    /// When the next lease or wait ends; nil: none is pending.
    package var nextDue: Moment? {
        state.withLock { state in
            switch (state.leaseEnds.earliest, state.waits.earliest) {
            case (nil, let other), (let other, nil): other
            case (let lease?, let wait?): min(lease, wait)
            }
        }
    }
}

extension GroupMemory.State {
    mutating func add(_ topic: TopicState) {
        topics[topic.name] = topic
        for queue in topic.queues { queues[queue.number] = (topic.name, topic.number, queue) }
    }

    /// Brings a group into memory: its cursors, the message groups that are held, and the expressions in use.
    mutating func load<Rows: TableReader & ~Copyable>(
        _ row: GroupRow, at now: Moment, _ settings: BrokerSettings, from rows: borrowing Rows
    ) throws {
        var group = GroupState(row: row)
        let dead = topics[.deadLetters(of: row.name)]
        for cursor in try rows.cursors(of: row.number) {
            guard let known = queues[cursor.queue] else { continue }
            var course = try Course(cursor)
            course.recoveredBelow = min(course.mark, ends[cursor.queue] ?? 0)
            course.fresh = course.progress.floor
            course.owed = try rows.countRedeliveries(of: row.number, in: cursor.queue, limit: settings.owedMax)
            group.courses[cursor.queue] = course
            if dead?.number == known.topicNumber { group.deadLetters = cursor.queue }
            subscribers[known.topic, default: []].insert(row.number)
        }
        for filter in try rows.filters(of: row.number) {
            let key = FilterUse.Key(topic: filter.topic, kind: filter.type, expression: filter.expression)
            group.filters[key] = FilterUse(
                number: filter.number, filter: .kept(filter.type, filter.expression), usedAt: filter.lastUsedAt,
                storedAt: filter.lastUsedAt)
        }
        var last: FIFOLeaseRow?
        while true {
            let page = try rows.leases(of: row.number, after: last, limit: 1_000)
            for lease in page { hold(lease, in: &group, at: now) }
            guard page.count == 1_000 else { break }
            last = page.last
        }
        groups[row.number] = group
        names[row.name] = row.number
    }

    /// A message group that was in flight waits for its holder, or its lease, which the opening has shortened.
    private mutating func hold(_ row: FIFOLeaseRow, in group: inout GroupState, at now: Moment) {
        // A later delivery is held by its row; the lease only keeps the key.
        guard group.courses[row.queue]?.isFree(row.offset) == true else { return }
        let lease = Lease(
            attempt: row.attempt, nonce: row.boot, until: row.until, client: row.client, bytes: 0, takenAt: now,
            renews: false, messageGroup: row.messageGroup)
        group.hold(lease, of: row.offset, in: row.queue)
        leases += 1
        leaseEnds.add(
            LeaseEnd(course: CourseKey(group: group.row.number, queue: row.queue), offset: row.offset), due: row.until)
    }
}
