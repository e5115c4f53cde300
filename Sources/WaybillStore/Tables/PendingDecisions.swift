package import WaybillCore

/// What becomes of delayed and half messages. Every verb names the state that the caller believes in.
extension Transaction {
    /// Makes a pending message visible: decides it, and gives it the next place of its stored queue.
    ///
    /// - Parameter decision: fired, committed.
    /// - Returns: where it lies; nil: it was decided before, or its topic is deleted and it is now recalled or rolled
    ///   back.
    package func publish(
        _ pending: PendingMessageRow, as decision: PendingMessageRow.State, at now: Moment
    ) throws(StoreFailure) -> MessagePlace? {
        guard let topic = try topic(pending.topic), topic.deletedAt == nil else {
            let end: PendingMessageRow.State = pending.producer == nil ? .recalled : .rolledBack
            try decide(pending.number, from: pending.state, to: end, at: now)
            return nil
        }
        guard try decide(pending.number, from: pending.state, to: decision, at: now) else { return nil }
        let queue = try keepStoredQueue(topic: topic.name, lane: pending.lane, priority: pending.priority, at: now)
        return try append(pending.message, to: queue, visibleAt: now)
    }

    /// Counts a check-back that was sent and names the time of the next; false: the message is no undecided half one.
    @discardableResult
    package func countCheck(_ number: PendingMessageNumber, next due: Moment) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "UPDATE pending_message SET checks = checks + 1, due = ?2 WHERE number = ?1 AND state = 'half'")
        statement.bind(1, number.number)
        statement.bind(2, due)
        return try statement.run() == 1 ? seal(number) : false
    }

    /// Takes back the count of a check-back that was sent last; false: the message is no undecided half one, or more or
    /// fewer were counted since.
    @discardableResult
    package func uncountCheck(_ number: PendingMessageNumber, count: Int64) throws(StoreFailure) -> Bool {
        guard count > 0 else { return false }
        let statement = try statement(
            "UPDATE pending_message SET checks = checks - 1 WHERE number = ?1 AND state = 'half' AND checks = ?2")
        statement.bind(1, number.number)
        statement.bind(2, count)
        return try statement.run() == 1 ? seal(number) : false
    }

    /// Gives a delayed or half message another time; false: it is not in this state.
    @discardableResult
    package func reschedule(
        _ number: PendingMessageNumber, in state: PendingMessageRow.State, to due: Moment
    ) throws(StoreFailure) -> Bool {
        let statement = try statement("UPDATE pending_message SET due = ?3 WHERE number = ?1 AND state = ?2")
        statement.bind(1, number.number)
        statement.bind(2, Text(state.rawValue))
        statement.bind(3, due)
        return try statement.run() == 1 ? seal(number) : false
    }

    /// Leaves a half message that nobody answers for to somebody who looks; false: it is no undecided half one.
    @discardableResult
    package func park(_ number: PendingMessageNumber) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "UPDATE pending_message SET state = 'parked', due = NULL WHERE number = ?1 AND state = 'half'")
        statement.bind(1, number.number)
        return try statement.run() == 1 ? seal(number) : false
    }

    /// Begins anew to ask about a parked message; false: it is not parked.
    @discardableResult
    package func resume(_ number: PendingMessageNumber, next due: Moment) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "UPDATE pending_message SET state = 'half', checks = 0, due = ?2 WHERE number = ?1 AND state = 'parked'")
        statement.bind(1, number.number)
        statement.bind(2, due)
        return try statement.run() == 1 ? seal(number) : false
    }

    /// Deletes messages that were decided before a moment, the oldest first; answers how many.
    @discardableResult
    package func dropDecided(before moment: Moment, limit: Int = 500) throws(StoreFailure) -> Int {
        let statement = try statement(
            """
            DELETE FROM pending_message WHERE number IN (
                SELECT number FROM pending_message WHERE decided_at < ?1 ORDER BY decided_at LIMIT ?2)
            """)
        statement.bind(1, moment)
        statement.bind(2, Int64(limit))
        return try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// The delayed, half and decided messages of an id whose numbers are below one and not below another, the newest
    /// first.
    package func pendingMessages(
        id: MessageID, from first: PendingMessageNumber, before end: PendingMessageNumber, limit: Int
    ) throws(StoreFailure) -> [PendingMessageRow] {
        let statement = try query(
            """
            SELECT number, state, topic, lane, priority, due, event, ordinal, born_at, tag, key, message_group,
                properties, body, id, producer, checks, decided_at
            FROM pending_message WHERE number >= ?1 AND number < ?2 AND id = ?3 ORDER BY number DESC LIMIT ?4
            """)
        statement.bind(1, first.number)
        statement.bind(2, end.number)
        statement.bind(3, id.text)
        statement.bind(4, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try PendingMessageRow(columns) }
    }

    /// The number of the pending message that has so many between itself and a number above; nil: there are not so
    /// many.
    package func pendingMessage(
        before number: PendingMessageNumber, skipping count: Int
    ) throws(StoreFailure) -> PendingMessageNumber? {
        let statement = try query(
            "SELECT number FROM pending_message WHERE number < ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2")
        statement.bind(1, number.number)
        statement.bind(2, Int64(count))
        return try statement.first { columns throws(StoreFailure) in PendingMessageNumber(columns.integer(0)) }
    }

    /// How many half messages are undecided, parked ones included, counted up to `limit`.
    package func countUndecided(limit: Int) throws(StoreFailure) -> Int {
        let statement = try query(
            """
            SELECT count(*) FROM (SELECT 1 FROM pending_message INDEXED BY pending_message_undecided
                WHERE state IN ('half', 'parked') AND number > ?2 LIMIT ?1)
            """)
        statement.bind(1, Int64(limit))
        statement.bind(2, Int64(0))
        return try statement.first { columns in Int(columns.integer(0)) } ?? 0
    }

    /// The same with how many of them are parked, and when the oldest was sent; nil: there is none.
    package func undecidedSummary(
        limit: Int
    ) throws(StoreFailure) -> (count: Int64, parked: Int64, oldest: Moment?) {
        let statement = try query(
            """
            SELECT count(*), ifnull(sum(state = 'parked'), 0), min(born_at) FROM (
                SELECT state, born_at FROM pending_message INDEXED BY pending_message_undecided
                WHERE state IN ('half', 'parked') AND number > ?2 LIMIT ?1)
            """)
        statement.bind(1, Int64(limit))
        statement.bind(2, Int64(0))
        return try statement.first { columns in
            (columns.integer(0), columns.integer(1), columns.optionalMoment(2))
        } ?? (0, 0, nil)
    }

    /// The half messages after a number that are undecided, parked ones included.
    package func undecidedMessages(
        after number: PendingMessageNumber, limit: Int
    ) throws(StoreFailure) -> [PendingMessageRow] {
        // By rowid SQLite would pass every decided message; its index holds the undecided only.
        let statement = try query(
            """
            SELECT number, state, topic, lane, priority, due, event, ordinal, born_at, tag, key, message_group,
                properties, body, id, producer, checks, decided_at
            FROM pending_message INDEXED BY pending_message_undecided
            WHERE state IN ('half', 'parked') AND number > ?1 ORDER BY number LIMIT ?2
            """)
        statement.bind(1, number.number)
        statement.bind(2, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try PendingMessageRow(columns) }
    }
}
