package import WaybillCore

/// A message that a group is still to get and that its cursor has passed. After a look-back it may lie ahead of the
/// cursor too. A parked one comes only by a redrive of the group's own dead letters; one that lies in the dead letters
/// of another group by a look-back.
package struct RedeliveryRow: Hashable, Sendable {
    /// What it waits for.
    package enum State: String, Sendable, CaseIterable {
        /// An earlier message of its message group. The stored word is older than this one.
        case behind = "waiting"
        /// Its time.
        case due
        /// A consumer that takes it.
        case ready
        /// Its holder.
        case held
        /// An operator.
        case parked
    }

    package var group: GroupNumber
    package var queue: StoredQueueNumber
    package var offset: Int64
    /// Deliveries so far.
    package var attempt: Int64
    package var state: State
    /// When it comes, or when its holder must be done.
    package var due: Moment?
    package var messageGroup: Text?
    /// Of the receipt that its holder has.
    package var nonce: Int64?
    /// The group had finished it before a look-back.
    package var isReplayed: Bool

    package init(
        group: GroupNumber, queue: StoredQueueNumber, offset: Int64, attempt: Int64, state: State, due: Moment? = nil,
        messageGroup: Text? = nil, nonce: Int64? = nil, isReplayed: Bool = false
    ) {
        self.nonce = nonce
        self.isReplayed = isReplayed
        self.group = group
        self.queue = queue
        self.offset = offset
        self.attempt = attempt
        self.state = state
        self.due = due
        self.messageGroup = messageGroup
    }

    init(_ columns: Columns) throws(StoreFailure) {
        group = GroupNumber(columns.integer(0))
        queue = StoredQueueNumber(columns.integer(1))
        offset = columns.integer(2)
        attempt = columns.integer(3)
        // In no state that there is it is parked, and the others are served; verify names it.
        state = State(rawValue: columns.text(4).string) ?? .parked
        due = columns.optionalMoment(5)
        messageGroup = columns.optionalText(6)
        nonce = columns.optionalInteger(7)
        isReplayed = columns.integer(8) != 0
    }

    /// The timeout that belongs in the same write: of one that is due, or held until a time; nil: nothing happens to it
    /// by itself.
    package var timeout: TimeoutKey? {
        due.map { TimeoutKey(kind: .redelivery, due: $0, owner: group.number, name: "\(queue.number):\(offset)") }
    }
}

extension TimeoutKey {
    /// Which message of its owner, a group, a redelivery's timeout is about; nil: its name does not say.
    package var redeliveryPlace: MessagePlace? {
        let parts = name.string.split(separator: ":")
        guard kind == .redelivery, parts.count == 2, let queue = Int64(parts[0]), let offset = Int64(parts[1]) else {
            return nil
        }
        return MessagePlace(queue: StoredQueueNumber(queue), offset: offset)
    }
}

extension Transaction {
    /// Notes that a group is owed a message. Its timeout is the caller's to insert.
    package func insert(_ redelivery: RedeliveryRow) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO redelivery (group_number, queue, offset, attempt, state, due, message_group, nonce, replayed,
                digest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))
            """)
        statement.bind(redelivery.group, redelivery.queue, redelivery.offset)
        statement.bind(4, redelivery.attempt)
        statement.bind(5, Text(redelivery.state.rawValue))
        statement.bind(6, redelivery.due)
        statement.bind(7, redelivery.messageGroup)
        statement.bind(8, redelivery.nonce)
        statement.bind(9, Int64(redelivery.isReplayed ? 1 : 0))
        try statement.run()
    }

    /// Changes a redelivery that is still as the caller knows it; false: it is not. Its timeouts are the caller's.
    @discardableResult
    package func update(
        _ redelivery: RedeliveryRow, from old: RedeliveryRow
    ) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE redelivery SET attempt = ?4, state = ?5, due = ?6, message_group = ?7, nonce = ?8, replayed = ?9,
                digest = row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            WHERE group_number = ?1 AND queue = ?2 AND offset = ?3 AND attempt = ?10 AND state = ?11
            """)
        statement.bind(redelivery.group, redelivery.queue, redelivery.offset)
        statement.bind(4, redelivery.attempt)
        statement.bind(5, Text(redelivery.state.rawValue))
        statement.bind(6, redelivery.due)
        statement.bind(7, redelivery.messageGroup)
        statement.bind(8, redelivery.nonce)
        statement.bind(9, Int64(redelivery.isReplayed ? 1 : 0))
        statement.bind(10, old.attempt)
        statement.bind(11, Text(old.state.rawValue))
        return try statement.run() == 1
    }

    /// Ends what a group is owed of a message; false: it was owed nothing. Its timeout is the caller's to delete.
    @discardableResult
    package func deleteRedelivery(
        of group: GroupNumber, at place: MessagePlace
    ) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "DELETE FROM redelivery WHERE group_number = ?1 AND queue = ?2 AND offset = ?3")
        statement.bind(group, place.queue, place.offset)
        return try statement.run() == 1
    }

    /// Deletes the lowest redeliveries of a queue from an offset on, with their timeouts: what a look-back and
    /// retention begin with. Answers how many, at most `limit`.
    @discardableResult
    package func dropRedeliveries(
        of group: GroupNumber, in queue: StoredQueueNumber, offsets: Range<Int64>, limit: Int
    ) throws(StoreFailure) -> Int {
        let rows = try redeliveries(of: group, in: queue, after: max(0, offsets.lowerBound) - 1, limit: limit)
            .filter { $0.offset < offsets.upperBound }
        for row in rows { try drop(row) }
        return rows.count
    }

    /// Deletes redeliveries of a group in whatever queue, with their timeouts; answers how many, at most `limit`.
    func dropRedeliveries(of group: GroupNumber, limit: Int) throws(StoreFailure) -> Int {
        let rows = try redeliveries(of: group, limit: limit)
        for row in rows { try drop(row) }
        return rows.count
    }

    private func drop(_ row: RedeliveryRow) throws(StoreFailure) {
        if let timeout = row.timeout { try delete(timeout) }
        try deleteRedelivery(of: row.group, at: MessagePlace(queue: row.queue, offset: row.offset))
    }
}

extension TableReader where Self: ~Copyable {
    package func redelivery(
        of group: GroupNumber, at place: MessagePlace
    ) throws(StoreFailure) -> RedeliveryRow? {
        let statement = try query(
            """
            SELECT group_number, queue, offset, attempt, state, due, message_group, nonce, replayed
            FROM redelivery
            WHERE group_number = ?1 AND queue = ?2 AND offset = ?3
            """)
        statement.bind(group, place.queue, place.offset)
        return try statement.first { columns throws(StoreFailure) in try RedeliveryRow(columns) }
    }

    /// The redeliveries of a group in a queue after an offset; nil: from the first.
    package func redeliveries(
        of group: GroupNumber, in queue: StoredQueueNumber, after offset: Int64? = nil, limit: Int
    ) throws(StoreFailure) -> [RedeliveryRow] {
        let statement = try query(
            """
            SELECT group_number, queue, offset, attempt, state, due, message_group, nonce, replayed
            FROM redelivery
            WHERE group_number = ?1 AND queue = ?2 AND offset > ?3 ORDER BY offset LIMIT ?4
            """)
        statement.bind(group, queue, offset ?? -1)
        statement.bind(4, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try RedeliveryRow(columns) }
    }

    /// Those in one state after an offset; nil: from the first.
    package func redeliveries(
        of group: GroupNumber, in queue: StoredQueueNumber, state: RedeliveryRow.State, after offset: Int64? = nil,
        limit: Int
    ) throws(StoreFailure) -> [RedeliveryRow] {
        let statement = try query(
            """
            SELECT group_number, queue, offset, attempt, state, due, message_group, nonce, replayed
            FROM redelivery
            WHERE group_number = ?1 AND queue = ?2 AND state = ?5 AND offset > ?3 ORDER BY offset LIMIT ?4
            """)
        statement.bind(group, queue, offset ?? -1)
        statement.bind(4, Int64(limit))
        statement.bind(5, Text(state.rawValue))
        return try statement.all { columns throws(StoreFailure) in try RedeliveryRow(columns) }
    }

    /// Those of one message group after an offset; nil: from the first.
    package func redeliveries(
        of group: GroupNumber, in queue: StoredQueueNumber, messageGroup: Text, after offset: Int64? = nil, limit: Int
    ) throws(StoreFailure) -> [RedeliveryRow] {
        let statement = try query(
            """
            SELECT group_number, queue, offset, attempt, state, due, message_group, nonce, replayed
            FROM redelivery
            WHERE group_number = ?1 AND queue = ?2 AND message_group = ?5 AND offset > ?3 ORDER BY offset LIMIT ?4
            """)
        statement.bind(group, queue, offset ?? -1)
        statement.bind(4, Int64(limit))
        statement.bind(5, messageGroup)
        return try statement.all { columns throws(StoreFailure) in try RedeliveryRow(columns) }
    }

    /// How many messages of a queue a group is owed by rows of their own, counted up to `limit`.
    package func countRedeliveries(
        of group: GroupNumber, in queue: StoredQueueNumber, limit: Int = 100_000
    ) throws(StoreFailure) -> Int {
        let statement = try query(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM redelivery WHERE group_number = ?1 AND queue = ?2 LIMIT ?3)
            """)
        statement.bind(1, group.number)
        statement.bind(2, queue.number)
        statement.bind(3, Int64(limit))
        return try statement.first { columns in Int(columns.integer(0)) } ?? 0
    }

    fileprivate func redeliveries(of group: GroupNumber, limit: Int) throws(StoreFailure) -> [RedeliveryRow] {
        let statement = try query(
            """
            SELECT group_number, queue, offset, attempt, state, due, message_group, nonce, replayed
            FROM redelivery
            WHERE group_number = ?1 ORDER BY queue, offset LIMIT ?2
            """)
        statement.bind(1, group.number)
        statement.bind(2, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try RedeliveryRow(columns) }
    }
}

extension Statement {
    /// Binds the key of a redelivery as parameters 1 to 3.
    fileprivate func bind(_ group: GroupNumber, _ queue: StoredQueueNumber, _ offset: Int64) {
        bind(1, group.number)
        bind(2, queue.number)
        bind(3, offset)
    }
}
