package import WaybillCore

/// A timeout whose handling threw, or was refused by a rule of its workflow.
package struct TimeoutRetry: Hashable, Sendable {
    package var key: TimeoutKey
    package var attempt: Int64
    /// Nil: parked; an operator has to look.
    package var retryAt: Moment?
    package var error: Text
}

extension Transaction {
    /// Notes that handling a timeout failed: it is tried again at `retryAt`, or parked. It keeps its first due time as
    /// part of its name, so that its order can still cancel it.
    package func postpone(_ timeout: DueTimeout, until retryAt: Moment?, error: Text) throws(StoreFailure) {
        guard try delete(timeout.key) else { return }
        let statement = try statement(
            """
            INSERT INTO timeout_retry (kind, due, owner, name, attempt, retry_at, error, cause, digest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))
            """)
        statement.bind(timeout.key)
        statement.bind(5, min(max(timeout.attempt, 0), 1 << 30) + 1)
        statement.bind(6, retryAt)
        statement.bind(7, error)
        statement.bind(8, timeout.cause)
        try statement.run()
        connection.timeouts.add(1, timeout.key, .retrying)
    }

    func deleteRetry(_ timeout: TimeoutKey) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "DELETE FROM timeout_retry WHERE kind = ?1 AND due = ?2 AND owner = ?3 AND name = ?4")
        statement.bind(timeout)
        guard try statement.run() == 1 else { return false }
        connection.timeouts.add(-1, timeout, .retrying)
        return true
    }
}

extension TableReader where Self: ~Copyable {
    /// The timeouts of a kind whose handling threw or was refused, and that are to be tried again by that time.
    package func dueRetries(_ kind: TimeoutKind, upTo now: Moment, limit: Int) throws(StoreFailure) -> [DueTimeout] {
        let statement = try query(
            """
            SELECT due, owner, name, attempt, cause FROM timeout_retry WHERE kind = ?1 AND retry_at <= ?2
            ORDER BY retry_at LIMIT ?3
            """)
        statement.bind(1, kind.rawValue)
        statement.bind(2, now)
        statement.bind(3, Int64(limit))
        return try statement.all { columns in
            DueTimeout(
                key: TimeoutKey(
                    kind: kind, due: columns.moment(0), owner: columns.integer(1), name: columns.text(2)),
                attempt: columns.integer(3), cause: columns.optionalPosition(4), isExact: columns.isTimeoutKey)
        }
    }

    func earliestRetry(_ kind: TimeoutKind) throws(StoreFailure) -> Moment? {
        let statement = try query(
            "SELECT retry_at FROM timeout_retry WHERE kind = ?1 AND retry_at IS NOT NULL ORDER BY retry_at LIMIT 1")
        statement.bind(1, kind.rawValue)
        return try statement.first { columns in columns.moment(0) }
    }

    /// Exactly this timeout, if its handling threw.
    package func timeoutRetry(_ timeout: TimeoutKey) throws(StoreFailure) -> TimeoutRetry? {
        let statement = try query(
            """
            SELECT attempt, retry_at, error FROM timeout_retry WHERE kind = ?1 AND due = ?2 AND owner = ?3 AND name = ?4
            """)
        statement.bind(timeout)
        return try statement.first { columns in
            TimeoutRetry(
                key: timeout, attempt: columns.integer(0), retryAt: columns.optionalMoment(1), error: columns.text(2))
        }
    }

    /// The timeouts of a kind whose handling threw, parked ones included; nil: from the first.
    package func timeoutRetries(
        _ kind: TimeoutKind, after key: TimeoutKey?, limit: Int
    ) throws(StoreFailure) -> [TimeoutRetry] {
        let statement = try query(
            """
            SELECT due, owner, name, attempt, retry_at, error FROM timeout_retry
            WHERE kind = ?1 AND (due, owner, name) > (?2, ?3, ?4) ORDER BY due, owner, name LIMIT ?5
            """)
        statement.bind(
            key ?? TimeoutKey(kind: kind, due: Moment(milliseconds: .min), owner: .min, name: ""))
        statement.bind(1, kind.rawValue)
        statement.bind(5, Int64(limit))
        return try statement.all { columns in
            TimeoutRetry(
                key: TimeoutKey(
                    kind: kind, due: columns.moment(0), owner: columns.integer(1), name: columns.text(2)),
                attempt: columns.integer(3), retryAt: columns.optionalMoment(4), error: columns.text(5))
        }
    }

    /// How many timeouts of a kind could not be handled, counted up to `limit`, and how many of them are parked.
    package func countRetries(
        _ kind: TimeoutKind, limit: Int
    ) throws(StoreFailure) -> (all: Int64, parked: Int64) {
        let statement = try query(
            """
            SELECT count(*), ifnull(sum(retry_at IS NULL), 0)
            FROM (SELECT retry_at FROM timeout_retry WHERE kind = ?1 LIMIT ?2)
            """)
        statement.bind(1, kind.rawValue)
        statement.bind(2, Int64(limit))
        return try statement.first { columns in (columns.integer(0), columns.integer(1)) } ?? (0, 0)
    }
}
