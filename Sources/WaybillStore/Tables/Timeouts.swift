package import WaybillCore

/// Whose timeout it is. Each kind has an owner that handles it, and a range of its own in the b-tree.
package enum TimeoutKind: Int64, CaseIterable, Sendable {
    /// A timeout of an order's workflow; owner: the order's number.
    case order = 1
    /// A delayed message becomes visible; owner: the pending message's number.
    case delayedMessage = 2
    /// A message is delivered again.
    case redelivery = 3
    /// A half message's producer is asked.
    case checkBack = 4
    /// An order's call was not answered in time; owner: the call's number.
    case call = 5
}

/// The whole of a timeout is its name: a cancel deletes exactly this row.
package struct TimeoutKey: Hashable, Sendable {
    package var kind: TimeoutKind
    package var due: Moment
    package var owner: Int64
    package var name: Text

    package init(kind: TimeoutKind, due: Moment, owner: Int64, name: Text) {
        self.kind = kind
        self.due = due
        self.owner = owner
        self.name = name
    }
}

/// A timeout whose time has come, with how often its handling has failed.
package struct DueTimeout: Hashable, Sendable {
    package var key: TimeoutKey
    /// 0: never tried.
    package var attempt: Int64
    /// The event that gave it its due time; nil: none did, or an earlier release wrote the row.
    package var cause: Position?
    /// Whether the key names its row; a damaged one is found by no statement.
    package var isExact: Bool

    package init(key: TimeoutKey, attempt: Int64 = 0, cause: Position? = nil, isExact: Bool = true) {
        self.key = key
        self.attempt = attempt
        self.cause = cause
        self.isExact = isExact
    }
}

extension Transaction {
    /// - Parameter cause: the event that gives the timeout its due time.
    package func insert(_ timeout: TimeoutKey, cause: Position? = nil) throws(StoreFailure) {
        let statement = try statement(
            "INSERT INTO timeout (kind, due, owner, name, cause) VALUES (?1, ?2, ?3, ?4, ?5)")
        statement.bind(timeout)
        statement.bind(5, cause)
        try statement.run()
        connection.timeouts.add(1, timeout, .waiting)
    }

    /// Deletes exactly this timeout, waiting or to be tried again; false: it was not there, so nothing may happen.
    @discardableResult
    package func delete(_ timeout: TimeoutKey) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "DELETE FROM timeout WHERE kind = ?1 AND due = ?2 AND owner = ?3 AND name = ?4")
        statement.bind(timeout)
        guard try statement.run() == 1 else { return try deleteRetry(timeout) }
        connection.timeouts.add(-1, timeout, .waiting)
        return true
    }

    /// Gives a timeout another time; false: it was not there.
    @discardableResult
    package func move(_ timeout: TimeoutKey, to due: Moment) throws(StoreFailure) -> Bool {
        guard try delete(timeout) else { return false }
        var moved = timeout
        moved.due = due
        try insert(moved)
        return true
    }
}

extension TableReader where Self: ~Copyable {
    /// The timeouts of one kind whose time has come, the earliest first, those to be tried again after the fresh ones:
    /// at most `limit` of each.
    package func dueTimeouts(
        _ kind: TimeoutKind, upTo now: Moment, limit: Int
    ) throws(StoreFailure) -> [DueTimeout] {
        try freshTimeouts(kind, upTo: now, limit: limit) + dueRetries(kind, upTo: now, limit: limit)
    }

    /// The timeouts of one kind whose time has come and that were never tried, the earliest first. More than `limit`
    /// when the last owner has more of the same moment: those are never parted.
    package func waitingTimeouts(
        _ kind: TimeoutKind, upTo now: Moment, limit: Int
    ) throws(StoreFailure) -> [DueTimeout] {
        let fresh = try freshTimeouts(kind, upTo: now, limit: limit)
        guard fresh.count == limit, let last = fresh.last?.key else { return fresh }
        let statement = try query(
            """
            SELECT name, cause FROM timeout WHERE kind = ?1 AND due = ?2 AND owner = ?3 AND name > ?4 ORDER BY name
            """)
        statement.bind(last)
        return fresh
            + (try statement.all { columns in
                DueTimeout(
                    key: TimeoutKey(kind: kind, due: last.due, owner: last.owner, name: columns.text(0)),
                    cause: columns.optionalPosition(1), isExact: columns.isExactText(0))
            })
    }

    /// Deadlines of open calls at one moment that were never tried, by the number of the order and that of the call.
    package func waitingCalls(
        at due: Moment, limit: Int
    ) throws(StoreFailure) -> [(order: StreamNumber, row: DueTimeout)] {
        let statement = try query(
            """
            SELECT call.stream, timeout.owner, timeout.name, timeout.cause FROM call INDEXED BY waybill_call_due
            CROSS JOIN timeout ON timeout.kind = ?1 AND timeout.due = call.deadline AND timeout.owner = call.number
            WHERE call.state = 'open' AND call.unanswered_at IS NULL AND call.deadline = ?2
            ORDER BY call.stream, call.number LIMIT ?3
            """)
        statement.bind(1, TimeoutKind.call.rawValue)
        statement.bind(2, due)
        statement.bind(3, Int64(limit))
        return try statement.all { columns in
            let key = TimeoutKey(kind: .call, due: due, owner: columns.integer(1), name: columns.text(2))
            return (columns.stream(0), DueTimeout(key: key, cause: columns.optionalPosition(3)))
        }
    }

    private func freshTimeouts(
        _ kind: TimeoutKind, upTo now: Moment, limit: Int
    ) throws(StoreFailure) -> [DueTimeout] {
        let statement = try query(
            """
            SELECT due, owner, name, cause FROM timeout WHERE kind = ?1 AND due <= ?2
            ORDER BY due, owner, name LIMIT ?3
            """)
        statement.bind(1, kind.rawValue)
        statement.bind(2, now)
        statement.bind(3, Int64(limit))
        return try statement.all { columns in
            DueTimeout(
                key: TimeoutKey(
                    kind: kind, due: columns.moment(0), owner: columns.integer(1), name: columns.text(2)),
                cause: columns.optionalPosition(3), isExact: columns.isTimeoutKey)
        }
    }

    /// When the next timeout of a kind is due, or to be tried again.
    package func earliestDue(_ kind: TimeoutKind) throws(StoreFailure) -> Moment? {
        let statement = try query("SELECT due FROM timeout WHERE kind = ?1 ORDER BY due LIMIT 1")
        statement.bind(1, kind.rawValue)
        let fresh = try statement.first { columns in columns.moment(0) }
        guard let retry = try earliestRetry(kind) else { return fresh }
        return fresh.map { min($0, retry) } ?? retry
    }

    /// Whether exactly this timeout is pending, waiting or to be tried again.
    package func isPending(_ timeout: TimeoutKey) throws(StoreFailure) -> Bool {
        let statement = try query(
            """
            SELECT 1 FROM timeout WHERE kind = ?1 AND due = ?2 AND owner = ?3 AND name = ?4
            UNION ALL
            SELECT 1 FROM timeout_retry WHERE kind = ?1 AND due = ?2 AND owner = ?3 AND name = ?4
            """)
        statement.bind(timeout)
        return try statement.first { _ in true } ?? false
    }

    /// Exactly this timeout, if it waits for its time and has never been tried.
    package func waiting(_ timeout: TimeoutKey) throws(StoreFailure) -> DueTimeout? {
        let statement = try query(
            "SELECT cause FROM timeout WHERE kind = ?1 AND due = ?2 AND owner = ?3 AND name = ?4")
        statement.bind(timeout)
        return try statement.first { columns in DueTimeout(key: timeout, cause: columns.optionalPosition(0)) }
    }

    /// The timeouts of a kind that wait for their time, by time, owner and name; nil: from the first.
    package func timeouts(
        _ kind: TimeoutKind, after key: TimeoutKey?, limit: Int
    ) throws(StoreFailure) -> [TimeoutKey] {
        let statement = try query(
            """
            SELECT due, owner, name FROM timeout WHERE kind = ?1 AND (due, owner, name) > (?2, ?3, ?4)
            ORDER BY due, owner, name LIMIT ?5
            """)
        statement.bind(
            key ?? TimeoutKey(kind: kind, due: Moment(milliseconds: .min), owner: .min, name: ""))
        statement.bind(1, kind.rawValue)
        statement.bind(5, Int64(limit))
        return try statement.all { columns in
            TimeoutKey(kind: kind, due: columns.moment(0), owner: columns.integer(1), name: columns.text(2))
        }
    }

    /// How many timeouts of a kind wait for their time, counted up to `limit`.
    package func countTimeouts(_ kind: TimeoutKind, upTo last: Moment, limit: Int) throws(StoreFailure) -> Int {
        let statement = try query(
            "SELECT count(*) FROM (SELECT 1 FROM timeout WHERE kind = ?1 AND due <= ?2 LIMIT ?3)")
        statement.bind(1, kind.rawValue)
        statement.bind(2, last)
        statement.bind(3, Int64(limit))
        return try statement.first { columns in Int(columns.integer(0)) } ?? 0
    }
}

extension Statement {
    /// Binds kind, due, owner and name as parameters 1 to 4.
    func bind(_ timeout: TimeoutKey) {
        bind(1, timeout.kind.rawValue)
        bind(2, timeout.due)
        bind(3, timeout.owner)
        bind(4, timeout.name)
    }
}
