package import WaybillCore

/// What a group has done for a message, once for each name.
package struct EffectRow: Hashable, Sendable {
    package var group: GroupNumber
    package var messageID: Text
    package var name: Text
    package var at: Moment
    /// Nil: begun outside the file, and not known to be done.
    package var result: Text?

    package init(group: GroupNumber, messageID: Text, name: Text, at: Moment, result: Text?) {
        self.group = group
        self.messageID = messageID
        self.name = name
        self.at = at
        self.result = result
    }

    init(_ columns: Columns) {
        group = GroupNumber(columns.integer(0))
        messageID = columns.text(1)
        name = columns.text(2)
        at = columns.moment(3)
        result = columns.optionalText(4)
    }
}

extension Transaction {
    /// Claims an effect; false: it was done before, or begun, and must not be done again.
    package func insert(_ effect: EffectRow) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            INSERT INTO effect (group_number, message_id, name, at, result, digest)
            VALUES (?1, ?2, ?3, ?4, ?5, row_digest(?1, ?2, ?3, ?4, ?5))
            ON CONFLICT (group_number, message_id, name) DO NOTHING
            """)
        statement.bind(1, effect.group.number)
        statement.bind(2, effect.messageID)
        statement.bind(3, effect.name)
        statement.bind(4, effect.at)
        statement.bind(5, effect.result)
        return try statement.run() == 1
    }

    /// Records what came of an effect in doubt; false: it is not in doubt.
    @discardableResult
    package func finish(_ effect: EffectRow, result: Text) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE effect SET result = ?4, digest = row_digest(group_number, message_id, name, at, ?4)
            WHERE group_number = ?1 AND message_id = ?2 AND name = ?3 AND result IS NULL
            """)
        statement.bind(1, effect.group.number)
        statement.bind(2, effect.messageID)
        statement.bind(3, effect.name)
        statement.bind(4, result)
        return try statement.run() == 1
    }
}

extension TableReader where Self: ~Copyable {
    package func effect(
        of group: GroupNumber, messageID: Text, name: Text
    ) throws(StoreFailure) -> EffectRow? {
        let statement = try query(
            """
            SELECT group_number, message_id, name, at, result FROM effect
            WHERE group_number = ?1 AND message_id = ?2 AND name = ?3
            """)
        statement.bind(1, group.number)
        statement.bind(2, messageID)
        statement.bind(3, name)
        return try statement.first { columns in EffectRow(columns) }
    }

    /// All that a group has done for a message, by name.
    package func effects(of group: GroupNumber, messageID: Text) throws(StoreFailure) -> [EffectRow] {
        var effects: [EffectRow] = []
        var walk = PageWalk<EffectRow, Text?>(after: nil, by: \.name)
        while let page = try walk.next({ last, limit throws(StoreFailure) in
            try self.effects(of: group, messageID: messageID, after: last, limit: limit)
        }) { effects += page }
        return effects
    }

    /// One page of what a group has done for a message, after a name; nil: from the first.
    package func effects(
        of group: GroupNumber, messageID: Text, after name: Text?, limit: Int
    ) throws(StoreFailure) -> [EffectRow] {
        let statement = try query(
            """
            SELECT group_number, message_id, name, at, result FROM effect
            WHERE group_number = ?1 AND message_id = ?2 AND (?4 IS NULL OR name > ?4) ORDER BY name LIMIT ?3
            """)
        statement.bind(1, group.number)
        statement.bind(2, messageID)
        statement.bind(3, Int64(limit))
        statement.bind(4, name)
        return try statement.all { columns in EffectRow(columns) }
    }

    /// The effects of a group that began and are not known to be done, the oldest first.
    package func effectsInDoubt(of group: GroupNumber, limit: Int) throws(StoreFailure) -> [EffectRow] {
        let statement = try query(
            """
            SELECT group_number, message_id, name, at, result FROM effect
            WHERE group_number = ?1 AND result IS NULL ORDER BY at LIMIT ?2
            """)
        statement.bind(1, group.number)
        statement.bind(2, Int64(limit))
        return try statement.all { columns in EffectRow(columns) }
    }
}
