import WaybillCore
import WaybillStore

/// What memory knows when the file is opened.
extension GroupMemory.State {
    /// Reads groups, topics and cursors.
    init(_ store: Store, _ settings: BrokerSettings, at now: Moment, uptime: Interval) throws {
        var loaded = Self()
        try store.read { rows in
            var topics = PageWalk(after: TopicNumber(0), by: \TopicRow.number)
            while let page = try topics.next({ try rows.topics(after: $0, limit: $1) }) {
                for row in page where row.deletedAt == nil {
                    guard var topic = try TopicState(row.name, in: rows) else { continue }
                    for queue in topic.queues {
                        guard let end = try rows.end(of: queue.number) else {
                            topic.queues.removeAll { $0 == queue }
                            continue
                        }
                        loaded.ends[queue.number] = end
                    }
                    loaded.add(topic)
                }
            }
            loaded.closedLanes = try rows.closedLanes()
            var groups = PageWalk(after: GroupNumber(0), by: \GroupRow.number)
            while let page = try groups.next({ try rows.groups(after: $0, limit: $1) }) {
                for row in page where row.deletedAt == nil {
                    try loaded.load(row, at: now, from: rows)
                    try loaded.loadFilters(of: row.number, uptime: uptime, settings, from: rows)
                }
            }
        }
        self = loaded
    }

    /// Brings a group into memory: its cursors, the message groups that are held, and the expressions in use.
    private mutating func load<Rows: TableReader & ~Copyable>(
        _ row: GroupRow, at now: Moment, from rows: borrowing Rows
    ) throws {
        var group = GroupState(row: row)
        let dead = topics[.deadLetters(of: row.name)]
        var cursors = PageWalk(after: StoredQueueNumber(0), by: \CursorRow.queue)
        while let page = try cursors.next({ try rows.cursors(of: row.number, after: $0, limit: $1) }) {
            for cursor in page { try load(cursor, into: &group, dead, from: rows) }
        }
        var leases = PageWalk<FIFOLeaseRow, FIFOLeaseRow?>(after: nil, by: { $0 })
        while let page = try leases.next({ try rows.leases(of: row.number, after: $0, limit: $1) }) {
            for lease in page { restore(lease, in: &group, at: now) }
        }
        groups[row.number] = group
        names[row.name] = row.number
    }

    private mutating func load<Rows: TableReader & ~Copyable>(
        _ row: CursorRow, into group: inout GroupState, _ dead: TopicState?, from rows: borrowing Rows
    ) throws {
        guard let known = queues[row.queue] else { return }
        subscribers[known.topic, default: []].insert(row.group)
        if let damage = row.damage(end: ends[row.queue] ?? 0) {
            group.damaged[row.queue] = damage
            return
        }
        var cursor = try GroupCursor(row)
        cursor.recoveredBelow = min(cursor.mark, ends[row.queue] ?? 0)
        cursor.fresh = cursor.progress.floor
        // All of them: the number goes down with each that is done, and none left must mean none.
        cursor.owed = try rows.countRedeliveries(of: row.group, in: row.queue, limit: .max)
        group.cursors[row.queue] = cursor
        if dead?.number == known.topicNumber { group.deadLetters = row.queue }
    }

    /// Brings the expressions of a group into memory that were in use when its consumers were last there: while the
    /// process was not, no consumer could use any.
    private mutating func loadFilters<Rows: TableReader & ~Copyable>(
        of group: GroupNumber, uptime: Interval, _ settings: BrokerSettings, from rows: borrowing Rows
    ) throws {
        var filters: [FilterRow] = []
        var walk = PageWalk(after: 0, by: \FilterRow.number)
        while let page = try walk.next({ try rows.filters(of: group, after: $0, limit: $1) }) { filters += page }
        guard !filters.isEmpty else { return }
        let topics = Set(topics.values.map(\.number))
        var newest: [TopicNumber: Moment] = [:]
        for filter in filters {
            newest[filter.topic] = max(newest[filter.topic] ?? filter.lastUsedAt, filter.lastUsedAt)
        }
        // Its row is touched less often than it is used.
        let use = Interval(milliseconds: settings.filterUse.milliseconds / 5 * 6)
        for filter in filters {
            guard topics.contains(filter.topic), let last = newest[filter.topic], last.since(filter.lastUsedAt) <= use
            else {
                unusedFilters[group, default: 0] += 1
                continue
            }
            _ = keep(
                FilterUse(filter: .kept(filter.type, filter.expression), usedAt: uptime), as: filter.key, in: group)
        }
    }

    /// A message group that was in flight waits for its holder, or its lease, which the opening has shortened.
    private mutating func restore(_ row: FIFOLeaseRow, in group: inout GroupState, at now: Moment) {
        guard row.attempt > 0 else { return }
        let key = CursorKey(group: group.row.number, queue: row.queue)
        for offset in row.offsets {
            // What is done is finished on the cursor. A later delivery is held by its row; the lease keeps the key.
            guard (0..<(ends[row.queue] ?? 0)).contains(offset), group.cursors[row.queue]?.isFree(offset) == true
            else { continue }
            let lease = Lease(
                attempt: offset == row.offset ? row.attempt : 1, nonce: row.boot, until: row.until, client: row.client,
                bytes: 0, takenAt: now, renews: false, messageGroup: row.messageGroup)
            group.add(lease, of: offset, in: row.queue)
            leases += 1
            leaseEnds.add(LeaseEnd(cursor: key, offset: offset), due: row.until)
        }
    }
}

extension TableReader where Self: ~Copyable {
    /// The offset after the last message of a queue; nil: its number can be none. One that says more than there can be
    /// ends with its last message, and takes no other.
    fileprivate func end(of queue: StoredQueueNumber) throws -> Int64? {
        guard (1...StoredQueueNumber.max).contains(queue.number) else { return nil }
        let end: Int64
        do throws(StoreFailure) {
            end = try nextOffset(of: queue)
        } catch {
            // An index knows of it, and its table does not: verify names it, and the other queues are served.
            guard error.code == .limit else { throw error }
            return nil
        }
        guard end > MessagePlace.offsetMax else { return end }
        return try newestOffset(of: queue).map { $0 + 1 } ?? 0
    }
}
