package import WaybillCore
package import WaybillStore

/// What a group has of one stored queue, counted.
struct CursorCount {
    /// What memory says.
    struct Memory {
        var floor: Int64
        var finishedAbove: Int64
        var inFlight: Int64
        /// The first offset that is neither finished nor in flight.
        var firstOpen: Int64
        var oldestLease: Int64?
        var progress: Progress
        /// Message groups in flight.
        var messageGroups: Set<Text>
        /// In FIFO groups: from here on no consumer has looked.
        var fresh: [Int64]

        /// - Parameter freshMax: how many of the messages that no consumer has looked at are named.
        init(_ cursor: GroupCursor, end: Int64, freshMax: Int = 0) {
            messageGroups = Set(cursor.leases.values.compactMap(\.messageGroup))
            fresh = freshMax > 0 ? cursor.free(from: cursor.fresh, to: end, limit: freshMax) : []
            progress = cursor.progress
            floor = cursor.progress.floor
            finishedAbove = cursor.progress.countAbove
            inFlight = Int64(cursor.leases.count)
            firstOpen = cursor.free(from: cursor.progress.floor, to: end, limit: 1).first ?? end
            oldestLease = cursor.leases.keys.min()
        }
    }

    var sent: Int64
    var waiting: Int64 = 0
    var inFlight: Int64 = 0
    var due: Int64 = 0
    var ready: Int64 = 0
    var behind: Int64 = 0
    var dead: Int64 = 0
    var finished: Int64 = 0
    /// Message groups of which something is in flight or owed.
    private(set) var messageGroups: Set<Text> = []
    /// Offsets beyond the cursor's place that have rows, after a look-back.
    private(set) var ahead: Set<Int64> = []
    /// The lowest offset that is owed.
    var oldest: Int64?

    /// - Parameters:
    ///   - memory: nil: the group has never looked at the queue.
    ///   - isOfDead: the queue holds the group's dead letters: it gets only those that were given back.
    ///   - rowsMax: at most this many exceptions are looked at; the rest counts as waiting.
    init<Rows: TableReader & ~Copyable>(
        _ memory: Memory?, _ key: CursorKey, end: Int64, isOfDead: Bool = false, rowsMax: Int = .max,
        in rows: borrowing Rows
    ) throws {
        sent = end
        guard let memory else {
            // What is gone it cannot get.
            let first = try rows.oldestOffset(of: key.queue) ?? end
            finished = first
            if isOfDead { dead = end - first } else { waiting = end - first }
            if !isOfDead, first < end { oldest = first }
            return
        }
        messageGroups = memory.messageGroups
        inFlight = memory.inFlight
        waiting = end - memory.floor - memory.finishedAbove - memory.inFlight
        if !isOfDead, memory.firstOpen < end { oldest = memory.firstOpen }
        if let lease = memory.oldestLease { oldest = min(oldest ?? lease, lease) }
        var ofFinished: Int64 = 0
        var looked = 0
        var walk = PageWalk<RedeliveryRow, Int64?>(after: nil, by: \.offset)
        while let page = try walk.next({ try rows.redeliveries(of: key.group, in: key.queue, after: $0, limit: $1) }) {
            for row in page {
                switch row.state {
                case .behind: behind += 1
                case .due: due += 1
                case .ready: ready += 1
                case .held: inFlight += 1
                case .parked: dead += 1
                }
                if let messageGroup = row.messageGroup { messageGroups.insert(messageGroup) }
                if !memory.progress.isFinished(row.offset) { ahead.insert(row.offset) }
                if row.state != .parked { oldest = min(oldest ?? row.offset, row.offset) }
            }
            // After a look-back rows lie beyond the cursor's place too: each message is counted once.
            let passed = Int64(page.count { memory.progress.isFinished($0.offset) })
            ofFinished += passed
            waiting -= Int64(page.count) - passed
            looked += page.count
            if looked >= rowsMax { break }
        }
        finished = memory.floor + memory.finishedAbove - ofFinished
        if isOfDead {
            dead += waiting
            waiting = 0
        }
    }

    /// Counts a message that no consumer has looked at as one that waits behind another of its message group, if it
    /// does.
    mutating func add(fresh messageGroup: Text?) {
        guard let messageGroup, !messageGroups.insert(messageGroup).inserted else { return }
        waiting -= 1
        behind += 1
    }
}

/// How far groups are behind. Reads the redelivery rows of a group, unless told to look at fewer. At 100,000 per queue
/// new deliveries stop; look-backs, closings and long cursors may add more.
package struct LagReader: Sendable {
    let store: Store
    let groups: GroupMemory
    let contents: any EventContents
    /// Messages of a queue that no consumer has looked at, and that are told apart by their message groups; and how
    /// many of them one read passes.
    private static let freshMax = 1_000
    private static let freshPerRead = 100

    package init(store: Store, groups: GroupMemory, contents: any EventContents) {
        self.store = store
        self.groups = groups
        self.contents = contents
    }

    /// The lag of a group on each topic that it reads, by name; a broadcast has none.
    ///
    /// - Parameters:
    ///   - after: the topic after which it begins; nil: from the first.
    ///   - limit: topics that are looked at.
    ///   - rowsMax: at most this many exceptions of each queue are looked at; the rest counts as waiting.
    package func lags(
        of name: GroupName, after: TopicName? = nil, limit: Int = .max, at now: Moment, rowsMax: Int = .max
    ) throws -> Result<[GroupLag], MessageRefusal> {
        guard let (number, topics) = groups.read({ $0.lagging(name) }) else { return .failure(.unknownGroup(name)) }
        let page = topics.filter { topic in after.map { topic.name > $0 } ?? true }.prefix(limit)
        return .success(try page.map { try lag(of: name, number, $0, at: now, rowsMax) })
    }

    private func lag(
        of name: GroupName, _ number: GroupNumber, _ topic: TopicState, at now: Moment, _ rowsMax: Int
    ) throws -> GroupLag {
        var lag = GroupLag(group: name, topic: topic.name)
        for queue in topic.queues {
            let key = CursorKey(group: number, queue: queue.number)
            let end = groups.read { $0.end(of: queue.number) }
            let memory = groups.read { $0.count(of: key, end: end, freshMax: Self.freshMax) }
            let isOfDead = topic.name == .deadLetters(of: name)
            var count = try store.read { rows in
                try CursorCount(memory, key, end: end, isOfDead: isOfDead, rowsMax: rowsMax, in: rows)
            }
            if let memory, !isOfDead { try tellApart(memory.fresh, of: queue.number, &count) }
            lag.add(count)
            try store.read { rows in
                guard let oldest = count.oldest,
                    let message = try rows.messages(in: queue.number, fromOffset: oldest, limit: 1).first
                else { return }
                lag.oldest = max(lag.oldest ?? Interval(milliseconds: 0), now.since(message.visibleAt))
            }
        }
        lag.heldBack = groups.read { $0.heldBack(number, topic, groups.settings) }
        return lag
    }

    /// Finds out which of the messages that no consumer has looked at wait behind another.
    private func tellApart(_ offsets: [Int64], of queue: StoredQueueNumber, _ count: inout CursorCount) throws {
        var rest = offsets[...]
        while let first = rest.first {
            let page = Set(rest.prefix(Self.freshPerRead)).subtracting(count.ahead)
            rest = rest.dropFirst(Self.freshPerRead)
            let messageGroups = try store.read { rows in
                try rows.messageHeads(in: queue, fromOffset: first, limit: Self.freshPerRead)
                    .filter { page.contains($0.place.offset) }.map { head -> Text? in
                        if let messageGroup = head.messageGroup { return messageGroup }
                        guard let event = head.event else { return nil }
                        let row = MessageRow(event: event, ordinal: head.ordinal, bornAt: head.visibleAt)
                        return try contents.content(of: row, by: event, needsBody: false, in: rows)?.order.text
                    }
            }
            for messageGroup in messageGroups { count.add(fresh: messageGroup) }
        }
    }
}

extension GroupLag {
    fileprivate mutating func add(_ count: CursorCount) {
        sent += count.sent
        waiting += count.waiting
        inFlight += count.inFlight
        due += count.due
        ready += count.ready
        behind += count.behind
        dead += count.dead
        finished += count.finished
    }
}
