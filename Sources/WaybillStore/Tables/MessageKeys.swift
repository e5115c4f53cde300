package import WaybillCore

/// One way to find a message: its key or id, hashed, on the day on which it became visible.
package struct MessageKeyRow: Hashable, Comparable, Sendable {
    /// Days since 1970.
    package var day: Int64
    package var hash: Int64
    package var place: MessagePlace

    package init(key: Text, visibleAt: Moment, place: MessagePlace) {
        day = Self.day(of: visibleAt)
        hash = Self.hash(key)
        self.place = place
    }

    /// The day of a moment, also before 1970, where virtual time may lie.
    package static func day(of moment: Moment) -> Int64 {
        let (quotient, remainder) = moment.milliseconds.quotientAndRemainder(dividingBy: Interval.days(1).milliseconds)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Part of the file format. Two keys may share a hash: the message itself decides.
    package static func hash(_ key: Text) -> Int64 {
        var digest = Digest()
        digest.add(key)
        return digest.value
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.day, left.hash, left.place) < (right.day, right.hash, right.place)
    }
}

extension Transaction {
    /// Stores keys, sorted first so that neighbours share pages; those that are there stay.
    package func insert(_ keys: [MessageKeyRow]) throws(StoreFailure) {
        for key in keys.sorted() { try insert(key) }
    }

    private func insert(_ key: MessageKeyRow) throws(StoreFailure) {
        let statement = try statement(
            "INSERT INTO message_key (day, hash, place) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        statement.bind(1, key.day)
        statement.bind(2, key.hash)
        statement.bind(3, try key.place.rowid())
        try statement.run()
    }

    /// Deletes keys of the days before one, the oldest first; answers how many.
    @discardableResult
    package func dropMessageKeys(before day: Int64, limit: Int = 500) throws(StoreFailure) -> Int {
        let statement = try statement(
            """
            DELETE FROM message_key WHERE (day, hash, place) IN (
                SELECT day, hash, place FROM message_key WHERE day < ?1 ORDER BY day, hash, place LIMIT ?2)
            """)
        statement.bind(1, day)
        statement.bind(2, Int64(limit))
        return try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// The last day that keys are kept of; nil: there are none.
    package func latestMessageKeyDay() throws(StoreFailure) -> Int64? {
        let statement = try query("SELECT max(day) FROM message_key")
        return try statement.first { columns in columns.optionalInteger(0) } ?? nil
    }

    /// The first day that keys are kept of; nil: there are none.
    package func earliestMessageKeyDay() throws(StoreFailure) -> Int64? {
        let statement = try query("SELECT min(day) FROM message_key")
        return try statement.first { columns in columns.optionalInteger(0) } ?? nil
    }

    /// Where messages with this key or id may lie that became visible on a day. The caller compares the keys.
    package func places(ofKey key: Text, day: Int64, limit: Int) throws(StoreFailure) -> [MessagePlace] {
        let statement = try query(
            "SELECT place FROM message_key WHERE day = ?1 AND hash = ?2 ORDER BY place LIMIT ?3")
        statement.bind(1, day)
        statement.bind(2, MessageKeyRow.hash(key))
        statement.bind(3, Int64(limit))
        return try statement.all { columns in MessagePlace(rowid: columns.integer(0)) }
    }
}
