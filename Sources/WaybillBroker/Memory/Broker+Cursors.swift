import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What a verb knows in a write: what is committed, and what the current write has done to it.
extension Broker {
    func groupRow(_ number: GroupNumber) -> GroupRow? {
        if let changed = pending.groups[number] { return changed }
        return committed { $0.group(number) }
    }

    func groupNumber(_ name: GroupName, in write: borrowing Write) throws -> GroupRow? {
        if let known = committed({ $0.group(named: name) }), pending.groups[known.number] == nil { return known }
        return try write.transaction.group(name)
    }

    /// The topic of a stored queue that is in use.
    func topicState(of queue: StoredQueueNumber) -> TopicState? {
        for case let topic? in pending.topics.values where topic.queues.contains(where: { $0.number == queue }) {
            return topic
        }
        return committed { $0.topic(of: queue) }
    }

    /// The stored queues of a topic.
    func queues(of topic: TopicName) -> [TopicState.Queue] {
        if let changed = pending.topics[topic] { return changed?.queues ?? [] }
        return committed { $0.topic(named: topic)?.queues ?? [] }
    }

    /// A cursor as the current write will leave it, without what is in flight; nil: there is none.
    func progress(of key: CursorKey) -> Progress? {
        let change = pending.cursors[key]
        var progress = change?.opened?.progress
        if progress == nil { progress = committed(key) { $0.progress } }
        for offset in change?.finished ?? [] { progress?.finish(offset) }
        return progress
    }

    /// Below it what is not finished has used one attempt, as a crash may have ended its delivery.
    func recoveredBelow(of key: CursorKey) -> Int64 {
        if let opened = pending.cursors[key]?.opened { return opened.recoveredBelow }
        return committed(key) { $0.recoveredBelow } ?? 0
    }

    /// Whether a message lies below the fence of a look-back.
    func isReplayed(_ offset: Int64, in key: CursorKey) -> Bool {
        if let opened = pending.cursors[key]?.opened { return opened.isReplayed(offset) }
        return committed(key) { $0.isReplayed(offset) } ?? false
    }

    /// How many messages a group owes by rows on a cursor.
    func owed(on key: CursorKey) -> Int {
        let change = pending.cursors[key]
        return (change?.opened?.owed ?? committed(key) { $0.owed } ?? 0) + (change?.owed ?? 0)
    }

    func epoch(of key: CursorKey) -> Int64? {
        pending.cursors[key]?.opened?.epoch ?? committed(key) { $0.epoch }
    }

    /// A first delivery in flight.
    func lease(of offset: Int64, in key: CursorKey) -> Lease? {
        let change = pending.cursors[key]
        if let change {
            if change.isFinished.contains(offset) { return nil }
            if let lease = change.leased[offset] { return lease }
            if change.opened != nil { return nil }
        }
        var lease = committed(key) { $0.leases[offset] } ?? nil
        if let until = change?.extended[offset] { lease?.until = until }
        return lease
    }

    /// First deliveries in flight on a cursor, by offset.
    func leases(of key: CursorKey) -> [(offset: Int64, lease: Lease)] {
        let change = pending.cursors[key]
        var leases: [Int64: Lease] = change?.opened == nil ? committed(key) { $0.leases } ?? [:] : [:]
        for (offset, lease) in change?.leased ?? [:] { leases[offset] = lease }
        for offset in change?.finished ?? [] { leases[offset] = nil }
        return leases.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether a message is neither finished nor in flight.
    func isFree(_ offset: Int64, in key: CursorKey) -> Bool {
        if let change = pending.cursors[key] {
            if change.isFinished.contains(offset) || change.leased[offset] != nil { return false }
            if let opened = change.opened { return opened.isFree(offset) }
        }
        return committed(key) { $0.isFree(offset) } ?? false
    }

    /// Asks a committed cursor; the answer is all that leaves the lock.
    func committed<Answer: Sendable>(_ key: CursorKey, _ question: (GroupCursor) -> Answer) -> Answer? {
        committed { $0.cursor(key, question) }
    }

    /// Opens a cursor at the oldest message, or behind the newest, if there is none.
    func openCursor(_ key: CursorKey, at start: GroupStart = .oldest, in write: borrowing Write) throws {
        guard epoch(of: key) == nil,
            try !isDamaged(key) || write.transaction.cursor(group: key.group, queue: key.queue) == nil
        else { return }
        let oldest = start == .oldest ? try write.transaction.oldestOffset(of: key.queue) : nil
        let floor = try oldest ?? write.transaction.nextOffset(of: key.queue)
        let row = CursorRow(group: key.group, queue: key.queue, floor: floor, deliveredThrough: floor)
        guard try write.transaction.put(row, replacing: nil) else {
            throw StoreFailure(.damaged, "group \(key.group.number) has a cursor that memory does not know")
        }
        let cursor = try GroupCursor(row)
        change(key) { change in
            change.opened = cursor
            change.stored = cursor.epoch
        }
    }

    func change(_ key: CursorKey, _ body: (inout CursorChange) -> Void) {
        body(&pending.cursors[key, default: CursorChange()])
    }

    func finish(_ offset: Int64, in key: CursorKey) { change(key) { $0.finish(offset) } }

    /// Makes a redelivery row, with its timeout, and takes the message off the cursor.
    func insert(_ row: RedeliveryRow, in write: borrowing Write) throws {
        try write.transaction.insert(row)
        if let timeout = row.timeout { try write.transaction.insert(timeout) }
        change(row.key) { change in
            change.finish(row.offset)
            change.owed += 1
            if row.state == .ready { change.becameReady = true }
        }
    }

    /// Brings a redelivery row from what it was to what it is, with its timeouts.
    func update(_ row: RedeliveryRow, from old: RedeliveryRow, in write: borrowing Write) throws {
        guard try write.transaction.update(row, from: old) else {
            throw StoreFailure(.damaged, "a redelivery of group \(row.group.number) changed under its own write")
        }
        if row.timeout != old.timeout {
            if let timeout = old.timeout { try write.transaction.delete(timeout) }
            if let timeout = row.timeout { try write.transaction.insert(timeout) }
        }
        change(row.key) { if row.state == .ready { $0.becameReady = true } }
        if old.state == .held, row.state != .held { noteHolder(nil, of: row) }
    }

    /// Ends what a group is owed of a message.
    func delete(_ row: RedeliveryRow, in write: borrowing Write) throws {
        if let timeout = row.timeout { try write.transaction.delete(timeout) }
        try write.transaction.deleteRedelivery(of: row.group, at: row.place)
        change(row.key) { $0.owed -= 1 }
        // After a look-back its place may lie ahead of the cursor: what is over by its row must not come there again.
        if isFree(row.offset, in: row.key) { finish(row.offset, in: row.key) }
        if row.state == .held { noteHolder(nil, of: row) }
    }

    func noteHolder(_ holder: Holder?, of row: RedeliveryRow) {
        pending.holders.append((row.place, row.group, holder))
    }

    func count(_ group: GroupNumber, succeeded: Bool) { pending.outcomes.append((group, succeeded)) }

    func roll() -> Int64 { world.nonce() }
}

extension World {
    /// Random bits for the one receipt of a delivery.
    func nonce() -> Int64 {
        let roll = random
        return Int64(bitPattern: roll())
    }
}

extension RedeliveryRow {
    var key: CursorKey { CursorKey(group: group, queue: queue) }
    var place: MessagePlace { MessagePlace(queue: queue, offset: offset) }
}
