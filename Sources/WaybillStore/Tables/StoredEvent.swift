package import WaybillCore

/// An event where SQLite holds it: what is not asked for is not copied. Valid until the closure that got it returns.
///
/// Replay looks at every event of a file, and most of the time it would spend is in making rows of their own.
package struct StoredEvent: ~Copyable {
    private let columns: Columns

    init(_ columns: Columns) { self.columns = columns }

    package var position: Position { columns.position(0) }
    package var stream: StreamNumber { columns.stream(1) }
    package var version: Int64 { columns.integer(2) }
    package var type: EventName { EventName(columns.text(3)) }
    package var at: Moment { columns.moment(4) }
    package var key: Text? { columns.optionalText(6) }
    package var lane: Text { columns.text(9) }
    package var semantics: Int64 { columns.integer(10) }
    package var digest: UInt64 { UInt64(bitPattern: columns.integer(11)) }
    package var body: [UInt8] { columns.bytes(12) }
    /// The whole event, copied.
    package var row: EventRow { EventRow(columns) }

    /// Runs `body` over the event's JSON in place.
    package func withBody<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try columns.withBytes(12, body)
    }
}

extension TableReader where Self: ~Copyable {
    /// Shows each event after `position` to `body`, in order, and answers how many there were. `body` must not read the
    /// journal through this verb again before it returns.
    ///
    /// - Parameter isForFold: only position, stream, version, time, lane and body are read; the rest is empty. SQLite
    ///   decodes no more than it is asked for.
    package func forEachEvent(
        after position: Position, upTo last: Position, limit: Int, isForFold: Bool = false,
        _ body: (borrowing StoredEvent) throws -> Void
    ) throws -> Int {
        let sql: StaticString =
            isForFold
            ? """
            SELECT position, stream, version, '', at, '', NULL, NULL, NULL, lane, 0, 0, body
            FROM event WHERE position > ?1 AND position <= ?2 ORDER BY position LIMIT ?3
            """
            : """
            SELECT position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest, body
            FROM event WHERE position > ?1 AND position <= ?2 ORDER BY position LIMIT ?3
            """
        let statement = try query(sql)
        statement.bind(1, position)
        statement.bind(2, last)
        statement.bind(3, Int64(limit))
        return try statement.forEach { columns in try body(StoredEvent(columns)) }
    }

    /// Shows each event after a version of a stream to `body`, stream by stream and in order within each, and answers
    /// how many there were. `body` must not read the journal through this verb again before it returns.
    package func forEachEvent(
        afterStream stream: StreamNumber, version: Int64, upTo last: Position, limit: Int,
        _ body: (borrowing StoredEvent) throws -> Void
    ) throws -> Int {
        let statement = try query(
            """
            SELECT position, stream, version, type, at, caller, key, cause, trace, lane, semantics, digest, body
            FROM event WHERE (stream, version) > (?1, ?2) AND position <= ?3 ORDER BY stream, version LIMIT ?4
            """)
        statement.bind(1, stream)
        statement.bind(2, version)
        statement.bind(3, last)
        statement.bind(4, Int64(limit))
        return try statement.forEach { columns in try body(StoredEvent(columns)) }
    }
}
