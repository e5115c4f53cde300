package import WaybillCore

/// How far a group came in a stored queue.
package struct CursorRow: Hashable, Sendable {
    /// Most ranges of acknowledged offsets above the floor; beyond it the lowest unfinished get redelivery rows.
    package static let rangesMax = 1_000

    package var group: GroupNumber
    package var queue: StoredQueueNumber
    /// Raised by a look-back, from 1.
    package var epoch: Int64
    /// Every message below it is acknowledged, dead, skipped, passed over by a look-back, taken by retention, or has a
    /// redelivery row.
    package var floor: Int64
    /// What is acknowledged above the floor, such as `3-5,9`.
    package var ranges: Text
    /// No message from here on was ever handed out.
    package var deliveredThrough: Int64
    /// The end of all that the group had seen before a look-back: what the cursor brings below it is marked as
    /// replayed. What the group was still owed comes unmarked, by its row.
    package var fence: Int64?
    /// Retention took messages below this offset that the group was owed.
    package var gap: Int64?

    package init(
        group: GroupNumber, queue: StoredQueueNumber, epoch: Int64 = 1, floor: Int64 = 0, ranges: Text = "",
        deliveredThrough: Int64 = 0, fence: Int64? = nil, gap: Int64? = nil
    ) {
        self.group = group
        self.queue = queue
        self.epoch = epoch
        self.floor = floor
        self.ranges = ranges
        self.deliveredThrough = deliveredThrough
        self.fence = fence
        self.gap = gap
    }

    init(_ columns: Columns) {
        group = GroupNumber(columns.integer(0))
        queue = StoredQueueNumber(columns.integer(1))
        epoch = columns.integer(2)
        floor = columns.integer(3)
        ranges = columns.text(4)
        deliveredThrough = columns.integer(5)
        fence = columns.optionalInteger(6)
        gap = columns.optionalInteger(7)
    }
}

extension Transaction {
    /// Stores a cursor in place of the one of this epoch; nil: where there is none. False: another one stands there, so
    /// what the caller knows is of an earlier cursor.
    @discardableResult
    package func put(_ cursor: CursorRow, replacing epoch: Int64?) throws(StoreFailure) -> Bool {
        guard let epoch else { return try insert(cursor) }
        let statement = try statement(
            """
            UPDATE cursor SET epoch = ?3, floor = ?4, ranges = ?5, delivered_through = ?6, fence = ?7, gap = ?8,
                digest = row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            WHERE group_number = ?1 AND queue = ?2 AND epoch = ?9
            """)
        statement.bind(cursor)
        statement.bind(9, epoch)
        return try statement.run() == 1
    }

    /// Deletes the cursor of a group on a stored queue that is taken away.
    package func deleteCursor(of group: GroupNumber, on queue: StoredQueueNumber) throws(StoreFailure) {
        let statement = try statement("DELETE FROM cursor WHERE group_number = ?1 AND queue = ?2")
        statement.bind(1, group.number)
        statement.bind(2, queue.number)
        try statement.run()
    }

    private func insert(_ cursor: CursorRow) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            INSERT INTO cursor (group_number, queue, epoch, floor, ranges, delivered_through, fence, gap, digest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))
            ON CONFLICT (group_number, queue) DO NOTHING
            """)
        statement.bind(cursor)
        return try statement.run() == 1
    }
}

extension TableReader where Self: ~Copyable {
    package func cursor(group: GroupNumber, queue: StoredQueueNumber) throws(StoreFailure) -> CursorRow? {
        let statement = try query(
            """
            SELECT group_number, queue, epoch, floor, ranges, delivered_through, fence, gap
            FROM cursor WHERE group_number = ?1 AND queue = ?2
            """)
        statement.bind(1, group.number)
        statement.bind(2, queue.number)
        return try statement.first { columns in CursorRow(columns) }
    }

    /// One page of the cursors of a group, on the stored queues after a number.
    package func cursors(
        of group: GroupNumber, after queue: StoredQueueNumber = StoredQueueNumber(0), limit: Int
    ) throws(StoreFailure) -> [CursorRow] {
        let statement = try query(
            """
            SELECT group_number, queue, epoch, floor, ranges, delivered_through, fence, gap
            FROM cursor WHERE group_number = ?1 AND queue > ?2 ORDER BY queue LIMIT ?3
            """)
        statement.bind(1, group.number)
        statement.bind(2, queue.number)
        statement.bind(3, Int64(limit))
        return try statement.all { columns in CursorRow(columns) }
    }

    /// The lowest offset of a queue that some group is still owed: its floor, or the message of a redelivery row below
    /// it. Nil: no group reads the queue. Groups are few, so it asks each.
    ///
    /// - Parameter moment: groups that were last used before it do not count.
    package func lowestOwedOffset(
        of queue: StoredQueueNumber, usedSince moment: Moment = Moment(milliseconds: .min)
    ) throws(StoreFailure) -> Int64? {
        let statement = try query(
            """
            SELECT min(min(c.floor, ifnull((
                SELECT offset FROM redelivery AS r WHERE r.group_number = c.group_number AND r.queue = c.queue
                ORDER BY r.offset LIMIT 1), c.floor)))
            FROM client_group AS g CROSS JOIN cursor AS c ON c.group_number = g.number AND c.queue = ?1
            WHERE g.number > 0 AND g.deleted_at IS NULL AND g.last_used_at >= ?2
            """)
        statement.bind(1, queue.number)
        statement.bind(2, moment)
        return try statement.first { columns in columns.optionalInteger(0) } ?? nil
    }
}

extension Statement {
    /// Binds the eight columns of a cursor as parameters 1 to 8.
    fileprivate func bind(_ cursor: CursorRow) {
        bind(1, cursor.group.number)
        bind(2, cursor.queue.number)
        bind(3, cursor.epoch)
        bind(4, cursor.floor)
        bind(5, cursor.ranges)
        bind(6, cursor.deliveredThrough)
        bind(7, cursor.fence)
        bind(8, cursor.gap)
    }
}
