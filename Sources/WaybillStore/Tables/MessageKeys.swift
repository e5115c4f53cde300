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

    init(_ columns: Columns) {
        day = columns.integer(0)
        hash = columns.integer(1)
        place = MessagePlace(rowid: columns.integer(2))
    }

    /// Messages that came about the same time lie together, so that a step of the index changes the same few pages.
    var shelf: Int64 { place.offset >> 15 }

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
        (left.day, left.shelf, left.hash, left.place) < (right.day, right.shelf, right.hash, right.place)
    }
}

extension Transaction {
    /// Stores keys, sorted first so that neighbours share pages; those that are there stay.
    package func insert(_ keys: [MessageKeyRow]) throws(StoreFailure) {
        for key in keys.sorted() { try insert(key) }
    }

    private func insert(_ key: MessageKeyRow) throws(StoreFailure) {
        let statement = try statement(
            "INSERT INTO message_key (day, shelf, hash, place) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
        statement.bind(1, key.day)
        statement.bind(2, key.shelf)
        statement.bind(3, key.hash)
        statement.bind(4, try key.place.rowid())
        try statement.run()
    }

    /// Deletes keys of a message that says nothing any more.
    package func delete(_ keys: [MessageKeyRow]) throws(StoreFailure) {
        for key in keys {
            let statement = try statement(
                "DELETE FROM message_key WHERE day = ?1 AND shelf = ?2 AND hash = ?3 AND place = ?4")
            statement.bind(1, key.day)
            statement.bind(2, key.shelf)
            statement.bind(3, key.hash)
            statement.bind(4, try key.place.rowid())
            try statement.run()
        }
    }

    /// Deletes keys of the days before one, the oldest first; answers how many.
    @discardableResult
    package func dropMessageKeys(before day: Int64, limit: Int = 500) throws(StoreFailure) -> Int {
        let statement = try statement(
            """
            DELETE FROM message_key WHERE (day, shelf, hash, place) IN (
                SELECT day, shelf, hash, place FROM message_key WHERE day < ?1 ORDER BY day, shelf, hash, place
                LIMIT ?2)
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

    /// The rows after one of them, in their order; nil: from the first.
    package func messageKeys(after last: MessageKeyRow?, limit: Int) throws(StoreFailure) -> [MessageKeyRow] {
        let statement = try query(
            """
            SELECT day, hash, place FROM message_key WHERE (day, shelf, hash, place) > (?1, ?2, ?3, ?4)
            ORDER BY day, shelf, hash, place LIMIT ?5
            """)
        statement.bind(1, last?.day ?? .min)
        statement.bind(2, last?.shelf ?? .min)
        statement.bind(3, last?.hash ?? .min)
        statement.bind(4, last.map { $0.place.queue.number << 40 | $0.place.offset } ?? 0)
        statement.bind(5, Int64(limit))
        return try statement.all { columns in MessageKeyRow(columns) }
    }

    /// Where messages with this key or id may lie that became visible on a day. The caller compares the keys.
    package func places(ofKey key: Text, day: Int64, limit: Int) throws(StoreFailure) -> [MessagePlace] {
        var places: [MessagePlace] = []
        var shelf: Int64 = -1
        // A shelf that does not come after the last one is damaged: it would be the next one for ever.
        while places.count < limit, let next = try messageKeyShelf(after: shelf, day: day), next > shelf {
            places += try self.places(ofKey: key, day: day, shelf: next, limit: limit - places.count)
            shelf = next
        }
        return places.sorted()
    }

    private func messageKeyShelf(after shelf: Int64, day: Int64) throws(StoreFailure) -> Int64? {
        let statement = try query("SELECT min(shelf) FROM message_key WHERE day = ?1 AND shelf > ?2")
        statement.bind(1, day)
        statement.bind(2, shelf)
        return try statement.first { columns in columns.optionalInteger(0) } ?? nil
    }

    private func places(
        ofKey key: Text, day: Int64, shelf: Int64, limit: Int
    ) throws(StoreFailure) -> [MessagePlace] {
        let statement = try query(
            "SELECT place FROM message_key WHERE day = ?1 AND shelf = ?2 AND hash = ?3 ORDER BY place LIMIT ?4")
        statement.bind(1, day)
        statement.bind(2, shelf)
        statement.bind(3, MessageKeyRow.hash(key))
        statement.bind(4, Int64(limit))
        return try statement.all { columns in MessagePlace(rowid: columns.integer(0)) }
    }
}
