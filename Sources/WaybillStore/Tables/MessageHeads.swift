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
        let keys = key.map { $0.string.split(separator: Self.keySeparator).map { Text(String($0)) } }
        return (keys ?? []) + (id.map { [$0] } ?? [])
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
}
