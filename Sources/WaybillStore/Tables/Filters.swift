package import WaybillCore

/// An expression by which consumers of a group choose messages of a topic.
package struct FilterRow: Hashable, Sendable {
    package var group: GroupNumber
    /// Unique within the group.
    package var number: Int64
    package var topic: TopicNumber
    package var type: MessageFilter.Kind
    package var expression: Text
    package var lastUsedAt: Moment

    init(_ columns: Columns) throws(StoreFailure) {
        group = GroupNumber(columns.integer(0))
        number = columns.integer(1)
        topic = TopicNumber(columns.integer(2))
        guard let type = MessageFilter.Kind(rawValue: columns.text(3).string) else {
            throw StoreFailure(.damaged, "filter \(number) of group \(group.number) has no type: '\(columns.text(3))'")
        }
        self.type = type
        expression = columns.text(4)
        lastUsedAt = columns.moment(5)
    }
}

extension Transaction {
    /// Notes that a group uses an expression for a topic now; answers its number, a new one for a new expression.
    package func keepFilter(
        group: GroupNumber, topic: TopicNumber, type: MessageFilter.Kind, expression: Text, at now: Moment
    ) throws(StoreFailure) -> Int64 {
        if let known = try filter(group: group, topic: topic, type: type, expression: expression) {
            try touchFilter(known, of: group, at: now)
            return known
        }
        let statement = try statement(
            """
            INSERT INTO filter (group_number, topic, type, expression, last_used_at, number)
            VALUES (?1, ?2, ?3, ?4, ?5, (SELECT ifnull(max(number), 0) + 1 FROM filter WHERE group_number = ?1))
            RETURNING number
            """)
        statement.bind(1, group.number)
        statement.bind(2, topic.number)
        statement.bind(3, Text(type.rawValue))
        statement.bind(4, expression)
        statement.bind(5, now)
        guard let number = try statement.first({ columns in columns.integer(0) }) else {
            throw StoreFailure(.damaged, "a filter of group \(group.number) was made and has no number")
        }
        try seal(number, of: group)
        return number
    }

    /// Gives a row that was changed its digest; false: there is none of this number.
    @discardableResult
    private func seal(_ number: Int64, of group: GroupNumber) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE filter SET digest = row_digest(group_number, number, topic, type, expression, last_used_at)
            WHERE group_number = ?1 AND number = ?2
            """)
        statement.bind(1, group.number)
        statement.bind(2, number)
        return try statement.run() == 1
    }

    /// Notes that an expression is still used; false: there is none of this number.
    @discardableResult
    package func touchFilter(
        _ number: Int64, of group: GroupNumber, at now: Moment
    ) throws(StoreFailure) -> Bool {
        let statement = try statement("UPDATE filter SET last_used_at = ?3 WHERE group_number = ?1 AND number = ?2")
        statement.bind(1, group.number)
        statement.bind(2, number)
        statement.bind(3, now)
        return try statement.run() == 1 ? seal(number, of: group) : false
    }

    /// Forgets an expression that is not used any more.
    @discardableResult
    package func deleteFilter(_ number: Int64, of group: GroupNumber) throws(StoreFailure) -> Bool {
        let statement = try statement("DELETE FROM filter WHERE group_number = ?1 AND number = ?2")
        statement.bind(1, group.number)
        statement.bind(2, number)
        return try statement.run() == 1
    }
}

extension TableReader where Self: ~Copyable {
    /// One page of the expressions of a group after a number, for every topic.
    package func filters(
        of group: GroupNumber, after number: Int64 = 0, limit: Int
    ) throws(StoreFailure) -> [FilterRow] {
        let statement = try query(
            """
            SELECT group_number, number, topic, type, expression, last_used_at FROM filter
            WHERE group_number = ?1 AND number > ?2 ORDER BY number LIMIT ?3
            """)
        statement.bind(1, group.number)
        statement.bind(2, number)
        statement.bind(3, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try FilterRow(columns) }
    }

    func filter(
        group: GroupNumber, topic: TopicNumber, type: MessageFilter.Kind, expression: Text
    ) throws(StoreFailure) -> Int64? {
        let statement = try query(
            "SELECT number FROM filter WHERE group_number = ?1 AND topic = ?2 AND type = ?3 AND expression = ?4")
        statement.bind(1, group.number)
        statement.bind(2, topic.number)
        statement.bind(3, Text(type.rawValue))
        statement.bind(4, expression)
        return try statement.first { columns in columns.integer(0) }
    }
}
