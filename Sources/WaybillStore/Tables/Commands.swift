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

    package init(
        caller: Text, key: Text, fingerprint: UInt64, stream: StreamNumber?, version: Int64?, refusal: Text?
    ) {
        self.caller = caller
        self.key = key
        self.fingerprint = fingerprint
        self.stream = stream
        self.version = version
        self.refusal = refusal
    }
}

/// Eight hours of commands. New rows of a generation go to one subtree, and old ones leave from the low end.
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
        let newest = CommandGeneration.of(now) + 1
        let hash = KeyFilter.hash(caller: caller, key: key)
        var isNew = true
        for generation in newest - CommandGeneration.probed...newest {
            try see(generation)
            isNew = isNew && connection.keys.lacks(hash, in: generation)
        }
        return isNew ? nil : try storedCommand(caller: caller, key: key, at: now)
    }

    private func see(_ generation: Int64) throws(StoreFailure) {
        guard !connection.keys.hasSeen(generation) else { return }
        let statement = try statement("SELECT 1 FROM command WHERE generation = ?1 LIMIT 1")
        statement.bind(1, generation)
        let hasRows = try statement.first { _ in true } ?? false
        connection.keys.see(generation, isEmpty: !hasRows)
    }

    package func insert(_ command: CommandRow, at now: Moment) throws(StoreFailure) {
        let generation = CommandGeneration.of(now)
        try see(generation)
        connection.keys.add(KeyFilter.hash(caller: command.caller, key: command.key), to: generation)
        let statement = try statement(
            """
            INSERT INTO command (generation, caller, key, fingerprint, stream, version, refusal)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """)
        statement.bind(1, generation)
        statement.bind(2, command.caller)
        statement.bind(3, command.key)
        statement.bind(4, Int64(bitPattern: command.fingerprint))
        statement.bind(5, command.stream)
        statement.bind(6, command.version)
        statement.bind(7, command.refusal)
        try statement.run()
    }

    /// Deletes answers of generations that no look-up probes any more, the oldest first; answers how many.
    @discardableResult
    package func dropOldCommands(at now: Moment, limit: Int = 500) throws(StoreFailure) -> Int {
        let statement = try statement(
            """
            DELETE FROM command WHERE (generation, caller, key) IN (
                SELECT generation, caller, key FROM command WHERE generation < ?1
                ORDER BY generation, caller, key LIMIT ?2)
            """)
        statement.bind(1, CommandGeneration.of(now) - CommandGeneration.probed + 1)
        statement.bind(2, Int64(limit))
        return try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// The answer that this key was given within the last day, at least; the newest generation is probed first.
    package func command(caller: Text, key: Text, at now: Moment) throws(StoreFailure) -> CommandRow? {
        try storedCommand(caller: caller, key: key, at: now)
    }

    fileprivate func storedCommand(caller: Text, key: Text, at now: Moment) throws(StoreFailure) -> CommandRow? {
        // One statement that seeks once in each generation: its start costs more than a seek. The generation after this
        // one is probed too, because the clock may have stepped back.
        let statement = try query(
            """
            SELECT fingerprint, stream, version, refusal FROM command
            WHERE generation IN (?1 + 1, ?1, ?1 - 1, ?1 - 2, ?1 - 3) AND caller = ?2 AND key = ?3
            ORDER BY generation DESC LIMIT 1
            """)
        statement.bind(1, CommandGeneration.of(now))
        statement.bind(2, caller)
        statement.bind(3, key)
        return try statement.first { columns in
            CommandRow(
                caller: caller, key: key, fingerprint: UInt64(bitPattern: columns.integer(0)),
                stream: columns.optionalStream(1), version: columns.optionalInteger(2), refusal: columns.optionalText(3)
            )
        }
    }
}
