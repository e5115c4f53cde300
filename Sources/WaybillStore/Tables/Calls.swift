package import WaybillCore

/// A step of an order that has left the process, open or answered.
package struct CallRow: Hashable, Sendable {
    /// Where it stands. The first end wins.
    package enum State: String, Sendable, CaseIterable {
        case open, ok, failed, expired, cancelled
    }

    package var number: Int64
    package var stream: StreamNumber
    /// What its workflow calls it, else its number within the order.
    package var name: Text
    /// By which the worker and the provider know it.
    package var effectKey: Text
    package var deadline: Moment
    /// The half message that says it was done; nil: it was deleted since.
    package var pendingMessage: PendingMessageNumber?
    package var state: State
    /// When its deadline passed and it stayed open; nil: it did not.
    package var unansweredAt: Moment?

    package init(
        number: Int64 = 0, stream: StreamNumber, name: Text, effectKey: Text, deadline: Moment,
        pendingMessage: PendingMessageNumber?, state: State = .open, unansweredAt: Moment? = nil
    ) {
        self.number = number
        self.stream = stream
        self.name = name
        self.effectKey = effectKey
        self.deadline = deadline
        self.pendingMessage = pendingMessage
        self.state = state
        self.unansweredAt = unansweredAt
    }

    init(_ columns: Columns) throws(StoreFailure) {
        number = columns.integer(0)
        stream = columns.stream(1)
        name = columns.text(2)
        effectKey = columns.text(3)
        deadline = columns.moment(4)
        pendingMessage = columns.optionalInteger(5).map { PendingMessageNumber($0) }
        guard let state = State(rawValue: columns.text(6).string) else {
            throw StoreFailure(.damaged, "call \(number) has the unknown state '\(columns.text(6))'")
        }
        self.state = state
        unansweredAt = columns.optionalMoment(7)
    }

    /// Whether it waits for an answer that did not come in time.
    package var isUnanswered: Bool { state == .open && unansweredAt != nil }

    /// The row that fires when nobody answers in time.
    package var timeoutKey: TimeoutKey { TimeoutKey(kind: .call, due: deadline, owner: number, name: "") }
}

extension Transaction {
    /// Keeps a call; answers its number. The number given in the row does not count.
    @discardableResult
    package func insert(_ call: CallRow) throws(StoreFailure) -> Int64 {
        let statement = try statement(
            """
            INSERT INTO call (stream, name, effect_key, deadline, pending_message, state)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            """)
        statement.bind(1, call.stream)
        statement.bind(2, call.name)
        statement.bind(3, call.effectKey)
        statement.bind(4, call.deadline)
        statement.bind(5, call.pendingMessage?.number)
        statement.bind(6, Text(call.state.rawValue))
        try statement.run()
        let number = lastInsertedRow
        try seal(number)
        return number
    }

    /// Gives a row that was changed its digest; false: there is none of this number.
    @discardableResult
    private func seal(_ call: Int64) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE call SET digest = row_digest(number, stream, name, effect_key, deadline, pending_message, state,
                unanswered_at)
            WHERE number = ?1
            """)
        statement.bind(1, call)
        return try statement.run() == 1
    }

    /// Keeps an open call whose deadline has passed as unanswered; false: it is not open, or was kept so before.
    @discardableResult
    package func leaveCallUnanswered(_ number: Int64, at now: Moment) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "UPDATE call SET unanswered_at = ?2 WHERE number = ?1 AND state = 'open' AND unanswered_at IS NULL")
        statement.bind(1, number)
        statement.bind(2, now)
        return try statement.run() == 1 ? seal(number) : false
    }

    /// Ends an open call; false: it had ended before.
    @discardableResult
    package func settleCall(_ number: Int64, as state: CallRow.State) throws(StoreFailure) -> Bool {
        let statement = try statement("UPDATE call SET state = ?2 WHERE number = ?1 AND state = 'open'")
        statement.bind(1, number)
        statement.bind(2, Text(state.rawValue))
        return try statement.run() == 1 ? seal(number) : false
    }
}

extension TableReader where Self: ~Copyable {
    package func call(_ number: Int64) throws(StoreFailure) -> CallRow? {
        let statement = try query(
            """
            SELECT number, stream, name, effect_key, deadline, pending_message, state, unanswered_at
            FROM call WHERE number = ?1
            """)
        statement.bind(1, number)
        return try statement.first { columns throws(StoreFailure) in try CallRow(columns) }
    }

    package func call(effectKey: Text) throws(StoreFailure) -> CallRow? {
        let statement = try query(
            """
            SELECT number, stream, name, effect_key, deadline, pending_message, state, unanswered_at
            FROM call WHERE effect_key = ?1
            """)
        statement.bind(1, effectKey)
        return try statement.first { columns throws(StoreFailure) in try CallRow(columns) }
    }

    /// The calls of an order after a number, the oldest first.
    package func calls(
        of stream: StreamNumber, after number: Int64 = 0, limit: Int
    ) throws(StoreFailure) -> [CallRow] {
        let statement = try query(
            """
            SELECT number, stream, name, effect_key, deadline, pending_message, state, unanswered_at FROM call
            WHERE stream = ?1 AND number > ?2 ORDER BY number LIMIT ?3
            """)
        statement.bind(1, stream)
        statement.bind(2, number)
        statement.bind(3, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try CallRow(columns) }
    }

    /// The open calls of all orders after a deadline and number, the one whose deadline is first of all first.
    package func openCalls(
        after last: (deadline: Moment, number: Int64)?, limit: Int
    ) throws(StoreFailure) -> [CallRow] {
        let statement = try query(
            """
            SELECT number, stream, name, effect_key, deadline, pending_message, state, unanswered_at
            FROM call INDEXED BY call_open
            WHERE state = 'open' AND (deadline, number) > (?1, ?2) ORDER BY deadline, number LIMIT ?3
            """)
        statement.bind(1, last?.deadline ?? Moment(milliseconds: .min))
        statement.bind(2, last?.number ?? 0)
        statement.bind(3, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try CallRow(columns) }
    }

    /// All calls after a number, the oldest first.
    package func calls(after number: Int64, limit: Int) throws(StoreFailure) -> [CallRow] {
        let statement = try query(
            """
            SELECT number, stream, name, effect_key, deadline, pending_message, state, unanswered_at FROM call
            WHERE number > ?1 ORDER BY number LIMIT ?2
            """)
        statement.bind(1, number)
        statement.bind(2, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try CallRow(columns) }
    }
}
