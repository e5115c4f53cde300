package import WaybillCore

/// The number of a delayed or half message.
package struct PendingMessageNumber: Hashable, Comparable, Sendable {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// A message that nobody can see yet, or could never see.
package struct PendingMessageRow: Hashable, Sendable {
    /// Where it stands. The first terminal decision wins.
    package enum State: String, Sendable, CaseIterable {
        /// Becomes visible when due.
        case delayed
        /// Its producer has not decided; due: the next check-back.
        case half
        /// Asked too often; somebody has to look.
        case parked
        case fired
        case committed
        case recalled
        case rolledBack = "rolled_back"
    }

    package var number: PendingMessageNumber
    package var state: State
    package var topic: TopicNumber
    package var lane: Text
    package var priority: Int64
    package var due: Moment?
    package var message: MessageRow
    /// The producer group that decides a half message.
    package var producer: Text?
    package var checks: Int64
    package var decidedAt: Moment?

    package init(
        number: PendingMessageNumber, state: State, topic: TopicNumber, lane: Text, priority: Int64 = 0, due: Moment?,
        message: MessageRow, producer: Text? = nil, checks: Int64 = 0, decidedAt: Moment? = nil
    ) {
        self.number = number
        self.state = state
        self.topic = topic
        self.lane = lane
        self.priority = priority
        self.due = due
        self.message = message
        self.producer = producer
        self.checks = checks
        self.decidedAt = decidedAt
    }

    init(_ columns: Columns) throws(StoreFailure) {
        number = PendingMessageNumber(columns.integer(0))
        guard let state = State(rawValue: columns.text(1).string) else {
            throw StoreFailure(.damaged, "pending message \(number.number) has the unknown state '\(columns.text(1))'")
        }
        self.state = state
        topic = TopicNumber(columns.integer(2))
        lane = columns.text(3)
        priority = columns.integer(4)
        due = columns.optionalMoment(5)
        message = MessageRow(columns, from: 6)
        producer = columns.optionalText(15)
        checks = columns.integer(16)
        decidedAt = columns.optionalMoment(17)
    }
}

/// Where a pending message stands.
package struct PendingState: Sendable {
    package let number: PendingMessageNumber
    package let state: PendingMessageRow.State
    package let topic: TopicNumber
    /// Whether it waits for the answer to an order's call.
    package let isOfCall: Bool

    init(_ columns: Columns) throws(StoreFailure) {
        number = PendingMessageNumber(columns.integer(0))
        guard let state = PendingMessageRow.State(rawValue: columns.text(1).string) else {
            throw StoreFailure(.damaged, "pending message \(number.number) has the unknown state '\(columns.text(1))'")
        }
        self.state = state
        topic = TopicNumber(columns.integer(2))
        isOfCall = columns.integer(3) == 1
    }
}

extension Transaction {
    /// Keeps a message that is not visible yet; answers its number. The number given in the row does not count.
    @discardableResult
    package func insert(_ pending: PendingMessageRow) throws(StoreFailure) -> PendingMessageNumber {
        let statement = try statement(
            """
            INSERT INTO pending_message (state, topic, lane, priority, due, event, ordinal, born_at, tag, key,
                message_group, properties, body, id, producer, checks, decided_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
            """)
        statement.bind(1, Text(pending.state.rawValue))
        statement.bind(2, pending.topic.number)
        statement.bind(3, pending.lane)
        statement.bind(4, pending.priority)
        statement.bind(5, pending.due)
        statement.bind(pending.message, from: 6)
        statement.bind(15, pending.producer)
        statement.bind(16, pending.checks)
        statement.bind(17, pending.decidedAt)
        try statement.run()
        let number = PendingMessageNumber(lastInsertedRow)
        try seal(number)
        return number
    }

    /// Gives a row that was changed its digest; false: there is none of this number.
    @discardableResult
    func seal(_ pending: PendingMessageNumber) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE pending_message SET digest = row_digest(number, state, topic, lane, priority, due, event, ordinal,
                born_at, tag, key, message_group, properties, body, id, producer, checks, decided_at)
            WHERE number = ?1
            """)
        statement.bind(1, pending.number)
        return try statement.run() == 1
    }

    /// Decides a message that stands where the caller believes it does, and drops what it says; false: it stands
    /// elsewhere.
    @discardableResult
    package func decide(
        _ number: PendingMessageNumber, from state: PendingMessageRow.State, to decision: PendingMessageRow.State,
        at now: Moment
    ) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE pending_message SET state = ?3, decided_at = ?4, due = NULL, tag = NULL, key = NULL,
                message_group = NULL, properties = NULL, body = NULL
            WHERE number = ?1 AND state = ?2
            """)
        statement.bind(1, number.number)
        statement.bind(2, Text(state.rawValue))
        statement.bind(3, Text(decision.rawValue))
        statement.bind(4, now)
        return try statement.run() == 1 ? seal(number) : false
    }
}

extension TableReader where Self: ~Copyable {
    package func pendingMessage(_ number: PendingMessageNumber) throws(StoreFailure) -> PendingMessageRow? {
        let statement = try query(
            """
            SELECT number, state, topic, lane, priority, due, event, ordinal, born_at, tag, key, message_group,
                properties, body, id, producer, checks, decided_at
            FROM pending_message WHERE number = ?1
            """)
        statement.bind(1, number.number)
        return try statement.first { columns throws(StoreFailure) in try PendingMessageRow(columns) }
    }

    package func pendingMessages(
        after number: PendingMessageNumber, limit: Int
    ) throws(StoreFailure) -> [PendingMessageRow] {
        let statement = try query(
            """
            SELECT number, state, topic, lane, priority, due, event, ordinal, born_at, tag, key, message_group,
                properties, body, id, producer, checks, decided_at
            FROM pending_message WHERE number > ?1 ORDER BY number LIMIT ?2
            """)
        statement.bind(1, number.number)
        statement.bind(2, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try PendingMessageRow(columns) }
    }

    /// Shows where each pending message stands after a number, without what it says; answers how many there were.
    package func forEachPendingState(
        after number: PendingMessageNumber, limit: Int, _ body: (PendingState) throws -> Void
    ) throws -> Int {
        let statement = try query(
            """
            SELECT number, state, topic, ifnull(producer = '$call', 0) FROM pending_message
            WHERE number > ?1 ORDER BY number LIMIT ?2
            """)
        statement.bind(1, number.number)
        statement.bind(2, Int64(limit))
        return try statement.forEach { columns in try body(PendingState(columns)) }
    }

    /// The delayed messages that the events of a range of positions sent, decided or not, by event and ordinal.
    package func pendingMessages(
        ofEventsFrom first: Position, upTo last: Position, limit: Int
    ) throws(StoreFailure) -> [PendingMessageRow] {
        let statement = try query(
            """
            SELECT number, state, topic, lane, priority, due, event, ordinal, born_at, tag, key, message_group,
                properties, body, id, producer, checks, decided_at
            FROM pending_message WHERE event >= ?1 AND event <= ?2 ORDER BY event, ordinal LIMIT ?3
            """)
        statement.bind(1, first)
        statement.bind(2, last)
        statement.bind(3, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try PendingMessageRow(columns) }
    }
}
