package import WaybillCore

/// What a message is found by, without what it says.
package struct MessageHead: Hashable, Sendable {
    package var place: MessagePlace
    package var event: Position?
    package var ordinal: Int64
    package var key: Text?
    package var id: Text?
    package var visibleAt: Moment
    package var messageGroup: Text?

    init(_ columns: Columns) {
        place = MessagePlace(rowid: columns.integer(0))
        event = columns.optionalPosition(1)
        ordinal = columns.integer(2)
        key = columns.optionalText(3)
        id = columns.optionalText(4)
        visibleAt = columns.moment(5)
        messageGroup = columns.optionalText(6)
    }
}

extension MessageHead {
    /// Several keys are stored as one text; no key holds a line's end.
    package static let keySeparator: Character = "\n"

    /// What the message is indexed by. One that an event sent is found through its event by its id, and by the key
    /// that it has from there: so most messages of orders cost no row of the index.
    package var names: [Text] {
        guard event == nil else { return key.map { [$0] } ?? [] }
        return keys + (id.map { [$0] } ?? [])
    }

    /// The keys that it says itself.
    package var keys: [Text] {
        key.map { $0.string.split(separator: Self.keySeparator).map { Text(String($0)) } } ?? []
    }
}

extension TableReader where Self: ~Copyable {
    /// The heads of a stored queue's messages from an offset on. Bodies stay on their pages.
    package func messageHeads(
        in queue: StoredQueueNumber, fromOffset offset: Int64, limit: Int
    ) throws(StoreFailure) -> [MessageHead] {
        let statement = try query(
            """
            SELECT place, event, ordinal, key, id, ifnull(visible_at, born_at), message_group
            FROM message WHERE place >= ?1 AND place <= ?2 ORDER BY place LIMIT ?3
            """)
        statement.bind(1, try MessagePlace(queue: queue, offset: offset).rowid())
        statement.bind(2, try MessagePlace(queue: queue, offset: MessagePlace.offsetMax).rowid())
        statement.bind(3, Int64(limit))
        return try statement.all { columns in MessageHead(columns) }
    }

    /// The head of the message at a place; nil: none lies there.
    package func messageHead(at place: MessagePlace) throws(StoreFailure) -> MessageHead? {
        try messageHeads(in: place.queue, fromOffset: place.offset, limit: 1).first { $0.place == place }
    }

    /// The message group and the properties of a message, which stand before its body: however large that is, none of
    /// it is read. Nil: nothing lies there.
    package func messageNotes(at place: MessagePlace) throws(StoreFailure) -> (messageGroup: Text?, properties: Text?)?
    {
        let statement = try query("SELECT message_group, properties FROM message WHERE place = ?1")
        statement.bind(1, try place.rowid())
        return try statement.first { columns in (columns.optionalText(0), columns.optionalText(1)) }
    }

    /// The messages of a stored queue from an offset on, without their bodies.
    package func messagesWithoutBodies(
        in queue: StoredQueueNumber, fromOffset offset: Int64, limit: Int
    ) throws(StoreFailure) -> [StoredMessage] {
        let statement = try query(
            """
            SELECT place, event, ordinal, born_at, tag, key, message_group, properties, NULL, id, visible_at
            FROM message WHERE place >= ?1 AND place <= ?2 ORDER BY place LIMIT ?3
            """)
        statement.bind(1, try MessagePlace(queue: queue, offset: offset).rowid())
        statement.bind(2, try MessagePlace(queue: queue, offset: MessagePlace.offsetMax).rowid())
        statement.bind(3, Int64(limit))
        return try statement.all { columns in StoredMessage(columns) }
    }

    /// The message at a place without its body; nil: none lies there.
    package func messageWithoutBody(at place: MessagePlace) throws(StoreFailure) -> StoredMessage? {
        try messagesWithoutBodies(in: place.queue, fromOffset: place.offset, limit: 1).first { $0.place == place }
    }
}
