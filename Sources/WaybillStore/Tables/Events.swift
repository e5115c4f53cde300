package import WaybillCore

/// A row of the journal.
package struct EventRow: Hashable, Sendable {
    package var position: Position
    package var stream: StreamNumber
    /// 1, 2, 3 ... within the stream.
    package var version: Int64
    package var type: EventName
    package var at: Moment
    package var caller: Text
    /// The idempotency key of the command.
    package var key: Text?
    /// The event that led to this one.
    package var cause: Position?
    package var trace: Text?
    package var lane: Text
    /// The number of the interpreter's rules.
    package var semantics: Int64
    /// 64 bits of a digest over this event and the digest before it.
    package var digest: UInt64
    /// JSON: what was asked and what came of it.
    package var body: [UInt8]

    package init(
        position: Position, stream: StreamNumber, version: Int64, type: EventName, at: Moment, caller: Text = "",
        key: Text? = nil, cause: Position? = nil, trace: Text? = nil, lane: Text = "", semantics: Int64,
        digest: UInt64, body: [UInt8]
    ) {
        self.position = position
        self.stream = stream
        self.version = version
        self.type = type
        self.at = at
        self.caller = caller
        self.key = key
        self.cause = cause
        self.trace = trace
        self.lane = lane
        self.semantics = semantics
        self.digest = digest
        self.body = body
    }

    init(_ columns: Columns) {
        position = columns.position(0)
        stream = columns.stream(1)
        version = columns.integer(2)
        type = EventName(columns.text(3))
        at = columns.moment(4)
        caller = columns.text(5)
        key = columns.optionalText(6)
        cause = columns.optionalPosition(7)
        trace = columns.optionalText(8)
        lane = columns.text(9)
        semantics = columns.integer(10)
        digest = UInt64(bitPattern: columns.integer(11))
        body = columns.bytes(12)
    }
}

/// Where the journal ends.
package struct JournalEnd: Hashable, Sendable {
    /// 0: the journal is empty.
    package var position: Position
    package var digest: UInt64

    package init(position: Position, digest: UInt64) {
        self.position = position
        self.digest = digest
    }
}

extension Transaction {
    /// Appends one event. Its position must be the one after the last.
    package func append(_ event: EventRow) throws(StoreFailure) {
        let statement = try statement(
            """
            INSERT INTO event (position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest,
                body)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """)
        statement.bind(1, event.position)
        statement.bind(2, event.stream)
        statement.bind(3, event.version)
        statement.bind(4, event.type)
        statement.bind(5, event.at)
        statement.bind(6, event.caller)
        statement.bind(7, event.key)
        statement.bind(8, event.cause)
        statement.bind(9, event.trace)
        statement.bind(10, event.lane)
        statement.bind(11, event.semantics)
        statement.bind(12, Int64(bitPattern: event.digest))
        try statement.run(binding: 13, text: event.body)
    }
}

extension TableReader where Self: ~Copyable {
    /// The events after `position`, in order.
    package func events(
        after position: Position, upTo last: Position, limit: Int
    ) throws(StoreFailure) -> [EventRow] {
        let statement = try query(
            """
            SELECT position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest, body
            FROM event WHERE position > ?1 AND position <= ?2 ORDER BY position LIMIT ?3
            """)
        statement.bind(1, position)
        statement.bind(2, last)
        statement.bind(3, Int64(limit))
        return try statement.all { columns in EventRow(columns) }
    }

    /// The events of one stream from a version on, in order.
    package func events(
        of stream: StreamNumber, fromVersion version: Int64, limit: Int
    ) throws(StoreFailure) -> [EventRow] {
        let statement = try query(
            """
            SELECT position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest, body
            FROM event WHERE stream = ?1 AND version >= ?2 ORDER BY version LIMIT ?3
            """)
        statement.bind(1, stream)
        statement.bind(2, version)
        statement.bind(3, Int64(limit))
        return try statement.all { columns in EventRow(columns) }
    }

    package func event(at position: Position) throws(StoreFailure) -> EventRow? {
        let statement = try query(
            """
            SELECT position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest, body
            FROM event WHERE position = ?1
            """)
        statement.bind(1, position)
        return try statement.first { columns in EventRow(columns) }
    }

    /// The position and digest of the last event; of a journal without any, what the first is chained to.
    package func journalEnd() throws(StoreFailure) -> JournalEnd {
        let statement = try query(
            "SELECT position, digest FROM event WHERE position = (SELECT max(position) FROM event)")
        let end = try statement.first { columns in
            JournalEnd(position: columns.position(0), digest: UInt64(bitPattern: columns.integer(1)))
        }
        guard let end else { return JournalEnd(position: Position(0), digest: try chainSeed()) }
        return end
    }
}
