package import WaybillCore

/// The answer that a keyed command was given, for the next one with the same key.
package struct CommandRow: Hashable, Sendable {
    package var caller: Text
    package var key: Text
    /// 64 bits of a digest over what was asked.
    package var fingerprint: UInt64
    /// The order or stock that it spoke to; nil when a refusal found none.
    package var stream: StreamNumber?
    /// The version of the event that it made.
    package var version: Int64?
    /// JSON: the refusal; nil: accepted.
    package var refusal: Text?
    /// JSON: what was answered to a request that is not about one order or stock.
    package var answer: Text?

    package init(
        caller: Text, key: Text, fingerprint: UInt64, stream: StreamNumber?, version: Int64?, refusal: Text?,
        answer: Text? = nil
    ) {
        self.caller = caller
        self.key = key
        self.fingerprint = fingerprint
        self.stream = stream
        self.version = version
        self.refusal = refusal
        self.answer = answer
    }

    /// The answer to a request that is not about one order or stock.
    package init(caller: Text, key: Text, fingerprint: UInt64, answer: Text) {
        self.init(
            caller: caller, key: key, fingerprint: fingerprint, stream: StreamNumber(0), version: 0, refusal: nil,
            answer: answer)
    }
}

/// Eight hours of commands. Old ones leave from the low end. Within a generation keys lie on shelves, and new ones go
/// to the newest.
enum CommandGeneration {
    static let length = Interval.hours(8)
    /// The current generation and three before it: at least 24 hours.
    static let probed: Int64 = 4

    static func of(_ moment: Moment) -> Int64 {
        // Rounds down before 1970 too, where virtual time may lie.
        let (quotient, remainder) = moment.milliseconds.quotientAndRemainder(dividingBy: length.milliseconds)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension Transaction {
    /// The answer that this key was given within the last day, at least; a key that is surely new costs no search.
    package func command(caller: Text, key: Text, at now: Moment) throws(StoreFailure) -> CommandRow? {
        // The generation after this one is probed too, because the clock may have stepped back.
        let newest = CommandGeneration.of(now) + 1
        let hash = KeyFilter.hash(caller: caller, key: key)
        for generation in stride(from: newest, through: newest - CommandGeneration.probed, by: -1) {
            try see(generation)
            var below = Int.max
            while let shelf = connection.keys.shelf(perhapsHolding: hash, in: generation, below: below) {
                if let row = try command(caller: caller, key: key, in: generation, shelf) { return row }
                below = shelf
            }
        }
        return nil
    }

    private func command(
        caller: Text, key: Text, in generation: Int64, _ shelf: Int
    ) throws(StoreFailure) -> CommandRow? {
        let statement = try statement(
            """
            SELECT fingerprint, stream, version, refusal, answer FROM command
            WHERE generation = ?1 AND shelf = ?2 AND caller = ?3 AND key = ?4
            """)
        statement.bind(1, generation)
        statement.bind(2, Int64(shelf))
        statement.bind(3, caller)
        statement.bind(4, key)
        return try statement.first { columns in CommandRow(caller: caller, key: key, columns) }
    }

    /// Looks once at what the file has of a generation.
    private func see(_ generation: Int64) throws(StoreFailure) {
        guard !connection.keys.hasSeen(generation) else { return }
        let statement = try statement("SELECT max(shelf) FROM command_shelf WHERE generation = ?1")
        statement.bind(1, generation)
        guard let last = try statement.first({ columns in columns.optionalInteger(0) }) ?? nil else {
            return connection.keys.see(generation, shelfCount: 0, keys: nil)
        }
        guard (0...KeyShelves.shelvesMax).contains(last) else {
            throw StoreFailure(.damaged, "generation \(generation) of keys says that it has a shelf \(last)")
        }
        let keys = try keys(after: nil, in: generation, Int(last), limit: KeyShelves.continuedMax + 1)
        let hashes = keys.map { KeyFilter.hash(caller: $0.caller, key: $0.key) }
        connection.keys.see(
            generation, shelfCount: Int(last) + 1, keys: hashes.count > KeyShelves.continuedMax ? nil : hashes)
    }

    private func keys(
        after last: (caller: Text, key: Text)?, in generation: Int64, _ shelf: Int, limit: Int
    ) throws(StoreFailure) -> [(caller: Text, key: Text)] {
        let statement = try statement(
            """
            SELECT caller, key FROM command
            WHERE generation = ?1 AND shelf = ?2 AND (caller, key) > (?3, ?4) ORDER BY caller, key LIMIT ?5
            """)
        statement.bind(1, generation)
        statement.bind(2, Int64(shelf))
        // No key is empty.
        statement.bind(3, last?.caller ?? "")
        statement.bind(4, last?.key ?? "")
        statement.bind(5, Int64(limit))
        return try statement.all { columns in (columns.text(0), columns.text(1)) }
    }

    package func insert(_ command: CommandRow, at now: Moment) throws(StoreFailure) {
        let generation = CommandGeneration.of(now)
        try see(generation)
        let (shelf, isFirst) = connection.keys.add(
            KeyFilter.hash(caller: command.caller, key: command.key), to: generation)
        if isFirst { try insertShelf(shelf, of: generation) }
        let statement = try command.answer == nil ? statement(Self.insertSQL) : statement(Self.insertAnswerSQL)
        statement.bind(1, generation)
        statement.bind(2, Int64(shelf))
        statement.bind(3, command.caller)
        statement.bind(4, command.key)
        statement.bind(5, Int64(bitPattern: command.fingerprint))
        statement.bind(6, command.stream)
        statement.bind(7, command.version)
        statement.bind(8, command.refusal)
        if let answer = command.answer { statement.bind(9, answer) }
        try statement.run()
    }

    private static var insertSQL: StaticString {
        """
        INSERT INTO command (generation, shelf, caller, key, fingerprint, stream, version, refusal, digest)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))
        """
    }

    private static var insertAnswerSQL: StaticString {
        """
        INSERT INTO command (generation, shelf, caller, key, fingerprint, stream, version, refusal, answer, digest)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))
        """
    }

    private func insertShelf(_ shelf: Int, of generation: Int64) throws(StoreFailure) {
        let statement = try statement(
            "INSERT INTO command_shelf (generation, shelf, digest) VALUES (?1, ?2, row_digest(?1, ?2))")
        statement.bind(1, generation)
        statement.bind(2, Int64(shelf))
        try statement.run()
    }

    /// Reads on in a shelf that was full when the file was opened, so that new keys need not be looked for there; true:
    /// there is more to learn.
    package func learnKeys(limit: Int) throws(StoreFailure) -> Bool {
        guard var lesson = connection.keys.lesson ?? connection.keys.nextLesson() else { return false }
        let read = try keys(
            after: (lesson.caller, lesson.key), in: lesson.generation, lesson.shelf, limit: limit)
        for key in read { lesson.filter.add(KeyFilter.hash(caller: key.caller, key: key.key)) }
        if read.count < limit {
            connection.keys.end(lesson)
        } else if let last = read.last {
            lesson.caller = last.caller
            lesson.key = last.key
            connection.keys.lesson = lesson
        }
        return true
    }

    /// Deletes answers of generations that no look-up probes any more, the oldest first; answers how many.
    @discardableResult
    package func dropOldCommands(at now: Moment, limit: Int = 500) throws(StoreFailure) -> Int {
        let oldest = CommandGeneration.of(now) - CommandGeneration.probed + 1
        let statement = try statement(
            """
            DELETE FROM command WHERE (generation, shelf, caller, key) IN (
                SELECT generation, shelf, caller, key FROM command WHERE generation < ?1
                ORDER BY generation, shelf, caller, key LIMIT ?2)
            """)
        statement.bind(1, oldest)
        statement.bind(2, Int64(limit))
        let count = try statement.run()
        if count > 0 { try dropShelves(before: oldest) }
        return count
    }

    private func dropShelves(before generation: Int64) throws(StoreFailure) {
        let statement = try statement("DELETE FROM command_shelf WHERE generation < ?1")
        statement.bind(1, generation)
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// The answer that this key was given within the last day, at least; the newest shelf is probed first.
    package func command(caller: Text, key: Text, at now: Moment) throws(StoreFailure) -> CommandRow? {
        let statement = try query(
            """
            SELECT fingerprint, stream, version, refusal, answer
            FROM command_shelf AS s CROSS JOIN command AS c
            ON c.generation = s.generation AND c.shelf = s.shelf AND c.caller = ?2 AND c.key = ?3
            WHERE s.generation BETWEEN ?1 - 3 AND ?1 + 1
            ORDER BY s.generation DESC, s.shelf DESC LIMIT 1
            """)
        statement.bind(1, CommandGeneration.of(now))
        statement.bind(2, caller)
        statement.bind(3, key)
        return try statement.first { columns in CommandRow(caller: caller, key: key, columns) }
    }
}

extension CommandRow {
    fileprivate init(caller: Text, key: Text, _ columns: Columns) {
        self.init(
            caller: caller, key: key, fingerprint: UInt64(bitPattern: columns.integer(0)),
            stream: columns.optionalStream(1), version: columns.optionalInteger(2), refusal: columns.optionalText(3),
            answer: columns.optionalText(4))
    }
}
