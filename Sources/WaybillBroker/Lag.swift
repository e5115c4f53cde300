import Synchronization
package import WaybillCore
package import WaybillStore

/// What a group has of one stored queue, counted.
struct CourseCount {
    /// What memory says.
    struct Memory {
        var floor: Int64
        var finishedAbove: Int64
        var inFlight: Int64
        /// The first offset that is neither finished nor in flight.
        var firstOpen: Int64
        var oldestLease: Int64?
        var progress: Progress

        init(_ course: Course, end: Int64) {
            progress = course.progress
            floor = course.progress.floor
            finishedAbove = course.progress.countAbove
            inFlight = Int64(course.leases.count)
            firstOpen = course.free(from: course.progress.floor, to: end, limit: 1).first ?? end
            oldestLease = course.leases.keys.min()
        }
    }

    var sent: Int64
    var waiting: Int64 = 0
    var inFlight: Int64 = 0
    var due: Int64 = 0
    var ready: Int64 = 0
    var behind: Int64 = 0
    var parked: Int64 = 0
    var finished: Int64 = 0
    /// The lowest offset that is owed.
    var oldest: Int64?

    /// - Parameter memory: nil: the group has never looked at the queue.
    init<Rows: TableReader & ~Copyable>(
        _ memory: Memory?, _ key: CourseKey, end: Int64, in rows: borrowing Rows
    ) throws {
        sent = end
        guard let memory else {
            waiting = end
            oldest = end > 0 ? 0 : nil
            return
        }
        inFlight = memory.inFlight
        waiting = end - memory.floor - memory.finishedAbove - memory.inFlight
        if memory.firstOpen < end { oldest = memory.firstOpen }
        if let lease = memory.oldestLease { oldest = min(oldest ?? lease, lease) }
        var after: Int64?
        var ofFinished: Int64 = 0
        while true {
            let page = try rows.redeliveries(of: key.group, in: key.queue, after: after, limit: 1_000)
            for row in page {
                switch row.state {
                case .waiting: behind += 1
                case .due: due += 1
                case .ready: ready += 1
                case .held: inFlight += 1
                case .parked: parked += 1
                }
                if row.state != .parked { oldest = min(oldest ?? row.offset, row.offset) }
            }
            // After a look-back rows lie beyond the course's place too: each message is counted once.
            let passed = Int64(page.count { memory.progress.isFinished($0.offset) })
            ofFinished += passed
            waiting -= Int64(page.count) - passed
            guard page.count == 1_000 else { break }
            after = page.last?.offset
        }
        finished = memory.floor + memory.finishedAbove - ofFinished + parked
    }
}

/// How far groups are behind. Reads every redelivery row of a group, of which there are at most 100,000 per queue.
package struct LagReader: Sendable {
    let store: Store
    let groups: GroupMemory

    package init(store: Store, groups: GroupMemory) {
        self.store = store
        self.groups = groups
    }

    /// The lag of a group on each topic that it reads.
    package func lags(of name: GroupName, at now: Moment) throws -> Result<[GroupLag], MessageRefusal> {
        guard let (number, topics) = groups.topics(of: name) else { return .failure(.unknownGroup(name)) }
        return .success(try topics.map { try lag(of: name, number, $0, at: now) })
    }

    private func lag(
        of name: GroupName, _ number: GroupNumber, _ topic: TopicState, at now: Moment
    ) throws -> GroupLag {
        var lag = GroupLag(group: name, topic: topic.name)
        for queue in topic.queues {
            let key = CourseKey(group: number, queue: queue.number)
            let end = groups.end(of: queue.number)
            let memory = groups.state.withLock { state in
                state.groups[number]?.courses[queue.number].map { CourseCount.Memory($0, end: end) }
            }
            try store.read { rows in
                let count = try CourseCount(memory, key, end: end, in: rows)
                lag.add(count)
                guard let oldest = count.oldest,
                    let message = try rows.messages(in: queue.number, fromOffset: oldest, limit: 1).first
                else { return }
                lag.oldest = max(lag.oldest ?? Interval(milliseconds: 0), now.since(message.visibleAt))
            }
        }
        lag.heldBack = groups.heldBack(number, topic)
        return lag
    }
}

extension GroupLag {
    fileprivate mutating func add(_ count: CourseCount) {
        sent += count.sent
        waiting += count.waiting
        inFlight += count.inFlight
        due += count.due
        ready += count.ready
        behind += count.behind
        finished += count.finished
    }
}

extension GroupMemory {
    fileprivate func topics(of name: GroupName) -> (GroupNumber, [TopicState])? {
        state.withLock { state in
            guard let number = state.names[name] else { return nil }
            let topics = state.subscribers.filter { $0.value.contains(number) }.keys.sorted()
            return (number, topics.compactMap { state.topics[$0] })
        }
    }

    fileprivate func end(of queue: StoredQueueNumber) -> Int64 { state.withLock { $0.ends[queue] ?? 0 } }

    /// Why a group takes no new messages of a topic; nil: it does.
    fileprivate func heldBack(_ number: GroupNumber, _ topic: TopicState) -> String? {
        state.withLock { state in
            guard let group = state.groups[number] else { return nil }
            if topic.queues.contains(where: { (group.courses[$0.number]?.owed ?? 0) >= settings.owedMax }) {
                return "it owes \(settings.owedMax) messages of a queue; it goes on when some are done"
            }
            if group.inFlight >= settings.inFlightMax {
                return "\(group.inFlight) deliveries are in flight, at most \(settings.inFlightMax) may be"
            }
            if group.breaker.isOpen {
                return "half of its recent deliveries failed; it takes new messages one at a time until one succeeds"
            }
            return nil
        }
    }
}
