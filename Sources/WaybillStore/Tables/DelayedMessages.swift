package import WaybillCore

/// A delayed message without what it says: bodies of a whole list would be large.
package struct DelayedMessageRow: Sendable {
    package let number: PendingMessageNumber
    package let topic: TopicNumber
    package let lane: Text
    package let priority: Int64
    package let due: Moment
    /// Only what its id is made from, its tag, and when it was born.
    package let message: MessageRow

    init(_ columns: Columns) {
        due = columns.moment(0)
        number = PendingMessageNumber(columns.integer(1))
        topic = TopicNumber(columns.integer(2))
        lane = columns.text(3)
        priority = columns.integer(4)
        message = MessageRow(
            event: columns.optionalPosition(5), ordinal: columns.integer(6), bornAt: columns.moment(7),
            tag: columns.optionalText(8), id: columns.optionalText(9))
    }
}

extension TableReader where Self: ~Copyable {
    /// Delayed messages after a time and a number, in order of both.
    package func delayedMessages(
        after due: Moment, _ number: PendingMessageNumber, limit: Int
    ) throws(StoreFailure) -> [DelayedMessageRow] {
        let statement = try query(
            """
            SELECT timeout.due, timeout.owner, topic, lane, priority, event, ordinal, born_at, tag, id
            FROM timeout CROSS JOIN pending_message AS message ON message.number = timeout.owner
            WHERE timeout.kind = ?1 AND (timeout.due, timeout.owner) > (?2, ?3)
                AND message.state = 'delayed' AND message.due = timeout.due
            ORDER BY timeout.due, timeout.owner LIMIT ?4
            """)
        statement.bind(1, TimeoutKind.delayedMessage.rawValue)
        statement.bind(2, due)
        statement.bind(3, number.number)
        statement.bind(4, Int64(limit))
        return try statement.all { columns in DelayedMessageRow(columns) }
    }
}
