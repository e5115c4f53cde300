import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Message groups of FIFO groups: one consumer has the first messages of each, in order, and the others wait behind
/// them, by rows once a consumer has come by.
///
/// A dead letter that was given back keeps its place: it comes before all that the message group has in the topic where
/// it died, and what is in flight there ends first. So both share one lease, under the number of that topic.
///
/// ```
///  %DLQ%group   m0 (redriven) ──┐
///                               ├── one lease of (group, topic, message group), the dead letter first
///  topic        m1, m2 ─────────┘
/// ```
extension Broker {
    /// Rows that one look passes.
    private static let rowsPerLook = 64

    /// The topic in which a message keeps its order for a group. For a dead letter of this group it is the topic to
    /// which the message was sent.
    func scope(
        of place: MessagePlace, _ topic: TopicState, _ group: GroupNumber, in write: borrowing Write
    ) throws -> TopicState {
        guard isOwnDeadLetters(topic, of: group), let origin = try origin(of: place, in: write) else { return topic }
        return topicState(named: origin) ?? topic
    }

    /// Whether a topic holds what a group itself has given up. Those of another group it reads like any other topic.
    func isOwnDeadLetters(_ topic: TopicState, of group: GroupNumber) -> Bool {
        topic.name.isDeadLetters && groupRow(group).map { topic.name == .deadLetters(of: $0.name) } ?? false
    }

    private func origin(of place: MessagePlace, in write: borrowing Write) throws -> TopicName? {
        guard let notes = try write.transaction.messageNotes(at: place) else { return nil }
        return try MessageContent.properties(notes.properties)[MessageContent.originTopic]
            .map { TopicName($0) }
    }

    private func topicState(named name: TopicName) -> TopicState? {
        if let changed = pending.topics[name] { return changed }
        return committed { $0.topic(named: name) }
    }

    private func topicState(_ number: TopicNumber) -> TopicState? {
        committed { $0.topic(number) }
    }

    /// Whether an earlier message of the same message group is in flight, or owed.
    func isBusy(_ row: RedeliveryRow, _ topic: TopicState, in write: borrowing Write) throws -> Bool {
        guard let messageGroup = row.messageGroup else { return false }
        let scope = try scope(of: row.place, topic, row.group, in: write)
        let lease = try write.transaction.lease(of: row.group, topic: scope.number, messageGroup: messageGroup)
        if lease != nil { return true }
        let isDead = isOwnDeadLetters(topic, of: row.group)
        if let dead = try deadLetter(of: messageGroup, row.group, scope, in: write) {
            return !isDead || dead.offset < row.offset
        }
        guard !isDead else { return false }
        let first = try write.transaction.redeliveries(
            of: row.group, in: row.queue, messageGroup: messageGroup, limit: 1
        ).first
        return first.map { $0.offset < row.offset } ?? false
    }

    /// Whether a message that is ready must wait all the same: another of its message group is in flight, an earlier
    /// one is owed, or a dead letter of it was given back meanwhile.
    func isHeldUp(_ row: RedeliveryRow, _ topic: TopicState, in write: borrowing Write) throws -> Bool {
        guard let messageGroup = row.messageGroup else { return false }
        let scope = try scope(of: row.place, topic, row.group, in: write)
        let lease = try write.transaction.lease(of: row.group, topic: scope.number, messageGroup: messageGroup)
        if lease != nil { return true }
        guard !isOwnDeadLetters(topic, of: row.group) else { return false }
        if try deadLetter(of: messageGroup, row.group, scope, in: write) != nil { return true }
        let first = try write.transaction.redeliveries(
            of: row.group, in: row.queue, messageGroup: messageGroup, limit: 1
        ).first
        return first.map { $0.offset < row.offset } ?? false
    }

    /// The first dead letter of a message group that was given back, and is not done.
    private func deadLetter(
        of messageGroup: Text, _ group: GroupNumber, _ scope: TopicState, in write: borrowing Write
    ) throws -> RedeliveryRow? {
        let known = committed { $0.deadLetters(of: group) }
        guard let queue = pending.deadLetters[group] ?? known, owes(CursorKey(group: group, queue: queue)) else {
            return nil
        }
        var walk = PageWalk<RedeliveryRow, Int64?>(after: nil, by: \.offset, limit: Self.rowsPerLook)
        while let page = try walk.next({ last, limit in
            try write.transaction.redeliveries(
                of: group, in: queue, messageGroup: messageGroup, after: last, limit: limit)
        }) {
            for row in page {
                if scope.queues.contains(where: { $0.number == queue }) { return row }
                let origin = try origin(of: row.place, in: write)
                if origin == scope.name { return row }
            }
        }
        return nil
    }

    private func owes(_ key: CursorKey) -> Bool { owed(on: key) > 0 }

    /// Ends the hold on the message group of a message that is over, unless others of its run are in flight: what waits
    /// behind it becomes ready, the earliest only.
    func freeMessageGroup(
        _ messageGroup: Text?, of place: MessagePlace, _ topic: TopicState, _ group: GroupNumber,
        in write: borrowing Write
    ) throws {
        guard let messageGroup else { return }
        let scope = try scope(of: place, topic, group, in: write)
        if let run = try write.transaction.lease(of: group, topic: scope.number, messageGroup: messageGroup),
            try isInFlight(run, in: write)
        {
            return
        }
        try freeMessageGroup(messageGroup, scope, group, in: write)
        guard isOwnDeadLetters(topic, of: group) else { return }
        // Releases before this one held a dead letter's message group under the topic of dead letters.
        try write.transaction.deleteLease(of: group, topic: topic.number, messageGroup: messageGroup)
        // Where it died is not known any more: whatever waited behind it goes on.
        if scope.number == topic.number { try freeMessageGroups(of: group, named: messageGroup, in: write) }
    }

    private func freeMessageGroup(
        _ messageGroup: Text, _ scope: TopicState, _ group: GroupNumber, in write: borrowing Write
    ) throws {
        try write.transaction.deleteLease(of: group, topic: scope.number, messageGroup: messageGroup)
        if let dead = try deadLetter(of: messageGroup, group, scope, in: write) {
            return try makeReady(dead, in: write)
        }
        for queue in scope.queues {
            let first = try write.transaction.redeliveries(
                of: group, in: queue.number, messageGroup: messageGroup, limit: 1
            ).first
            guard let first else { continue }
            // What a look-back has put off waits until its queue comes by.
            if !isFree(first.offset, in: first.key) { try makeReady(first, in: write) }
            return
        }
    }

    /// Messages of a group that were in flight are redelivered later: a dead letter that waited for it goes first.
    func wakeDeadLetter(
        of messageGroup: Text, _ scope: TopicState, _ group: GroupNumber, in write: borrowing Write
    ) throws {
        guard let dead = try deadLetter(of: messageGroup, group, scope, in: write) else { return }
        try makeReady(dead, in: write)
    }

    private func makeReady(_ row: RedeliveryRow, in write: borrowing Write) throws {
        guard row.state == .behind else { return }
        var ready = row
        ready.state = .ready
        try update(ready, from: row, in: write)
    }

    /// Lets a message group go on in every topic in which nothing holds it.
    private func freeMessageGroups(of group: GroupNumber, named messageGroup: Text, in write: borrowing Write) throws {
        for topic in committed({ $0.topics(of: group) })
        where try write.transaction.lease(of: group, topic: topic.number, messageGroup: messageGroup) == nil {
            try freeMessageGroup(messageGroup, topic, group, in: write)
        }
    }

    /// After retention has taken messages below an offset: what waited behind one of them goes on.
    func freeMessageGroups(of key: CursorKey, below offset: Int64, in write: borrowing Write) throws {
        guard let topic = topicState(of: key.queue) else { return }
        var walk = PageWalk<FIFOLeaseRow, FIFOLeaseRow?>(after: nil, by: { $0 })
        while let page = try walk.next({ try write.transaction.leases(of: key.group, after: $0, limit: $1) }) {
            // What memory has in flight ends by itself.
            for lease in page
            where lease.queue == key.queue && lease.offset < offset {
                guard try !isInFlight(lease, in: write) else { continue }
                try freeMessageGroup(lease.messageGroup, topicState(lease.topic) ?? topic, key.group, in: write)
            }
        }
        let queues =
            isOwnDeadLetters(topic, of: key.group) ? committed { $0.topics(of: key.group) }.flatMap(\.queues) : []
        for queue in [key.queue] + queues.map(\.number) where queue == key.queue || topicState(of: queue) != nil {
            try freeWaiting(CursorKey(group: key.group, queue: queue), in: write)
        }
    }

    /// Makes ready what waits on a cursor behind nothing.
    private func freeWaiting(_ key: CursorKey, in write: borrowing Write) throws {
        guard let topic = topicState(of: key.queue) else { return }
        var walk = PageWalk<RedeliveryRow, Int64?>(after: nil, by: \.offset)
        while let page = try walk.next({ last, limit in
            try write.transaction.redeliveries(
                of: key.group, in: key.queue, state: .behind, after: last, limit: limit)
        }) {
            for row in page where try !isBusy(row, topic, in: write) {
                try freeMessageGroup(row.messageGroup, of: row.place, topic, key.group, in: write)
            }
        }
    }
}
