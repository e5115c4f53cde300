package import WaybillCore

/// Messages of one topic, lane and priority lie together under this number.
package struct StoredQueueNumber: Hashable, Comparable, Sendable {
    package static let max: Int64 = 1 << 23 - 1
    package let number: Int64
    package init(_ number: Int64) { self.number = number }
    package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// Where a message lies: the stored queue, and its offset in it from 0.
package struct MessagePlace: Hashable, Comparable, Sendable {
    package static let offsetMax: Int64 = 1 << 40 - 1
    package var queue: StoredQueueNumber
    package var offset: Int64

    package init(queue: StoredQueueNumber, offset: Int64) {
        self.queue = queue
        self.offset = offset
    }

    init(rowid: Int64) {
        queue = StoredQueueNumber(rowid >> 40)
        offset = rowid & Self.offsetMax
    }

    /// Queue x 2^40 + offset, both checked first: a number beyond its bound would be a place in another queue.
    func rowid() throws(StoreFailure) -> Int64 {
        guard (1...StoredQueueNumber.max).contains(queue.number) else {
            throw StoreFailure(.limit, "stored queue \(queue.number) is beyond 1...\(StoredQueueNumber.max)")
        }
        guard (0...Self.offsetMax).contains(offset) else {
            throw StoreFailure(.limit, "offset \(offset) is beyond 0...\(Self.offsetMax)")
        }
        return queue.number << 40 | offset
    }

    package static func < (left: MessagePlace, right: MessagePlace) -> Bool {
        (left.queue, left.offset) < (right.queue, right.offset)
    }
}

/// What a topic carries: the content of a visible or pending message.
package struct MessageRow: Hashable, Sendable {
    /// The event that sent it; nil: it came from outside.
    package var event: Position?
    /// Its place among the messages of its event, from 0.
    package var ordinal: Int64
    package var bornAt: Moment
    package var tag: Text?
    /// Nil: the order's id if an event sent it, else none.
    package var key: Text?
    /// Nil: the order's id if an event sent it, else none.
    package var messageGroup: Text?
    /// JSON object.
    package var properties: Text?
    /// Nil: made from its event.
    package var body: [UInt8]?
    /// Nil: derived from event and ordinal.
    package var id: Text?

    package init(
        event: Position?, ordinal: Int64 = 0, bornAt: Moment, tag: Text? = nil, key: Text? = nil,
        messageGroup: Text? = nil, properties: Text? = nil, body: [UInt8]? = nil, id: Text? = nil
    ) {
        self.event = event
        self.ordinal = ordinal
        self.bornAt = bornAt
        self.tag = tag
        self.key = key
        self.messageGroup = messageGroup
        self.properties = properties
        self.body = body
        self.id = id
    }

    /// Reads nine columns from `first` on.
    init(_ columns: Columns, from first: Int32) {
        event = columns.optionalPosition(first)
        ordinal = columns.integer(first + 1)
        bornAt = columns.moment(first + 2)
        tag = columns.optionalText(first + 3)
        key = columns.optionalText(first + 4)
        messageGroup = columns.optionalText(first + 5)
        properties = columns.optionalText(first + 6)
        body = columns.optionalBytes(first + 7)
        id = columns.optionalText(first + 8)
    }
}

/// A message with the place where it lies.
package struct StoredMessage: Hashable, Sendable {
    package var place: MessagePlace
    package var message: MessageRow
    /// When it got its place; rises with the offset as far as the clock does.
    package var visibleAt: Moment

    init(_ columns: Columns) {
        place = MessagePlace(rowid: columns.integer(0))
        message = MessageRow(columns, from: 1)
        visibleAt = columns.optionalMoment(10) ?? message.bornAt
    }
}

extension Transaction {
    /// Appends a message to a stored queue and answers where it lies. It gets a digest of its row when its event does
    /// not say all of it: when there is none, or when it waited.
    ///
    /// - Parameter visibleAt: now, for a message that was born earlier and waited.
    @discardableResult
    package func append(
        _ message: MessageRow, to queue: StoredQueueNumber, visibleAt: Moment? = nil
    ) throws(StoreFailure) -> MessagePlace {
        let place = MessagePlace(queue: queue, offset: try nextOffset(of: queue))
        let statement = try statement(
            """
            INSERT INTO message (place, event, ordinal, born_at, tag, key, message_group, properties, body, id,
                visible_at, digest)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, CASE WHEN ?2 IS NULL OR ?11 IS NOT NULL
                THEN row_digest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) END)
            """)
        statement.bind(1, try place.rowid())
        statement.bind(message, from: 2)
        statement.bind(11, visibleAt)
        try statement.run()
        connection.tails.setNextOffset(place.offset + 1, of: queue)
        return place
    }
}

extension Transaction {
    /// Gives a message that nothing derives other properties; false: none lies there.
    @discardableResult
    package func setProperties(_ properties: Text?, of place: MessagePlace) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE message SET properties = ?2, digest = row_digest(place, event, ordinal, born_at, tag, key,
                message_group, ?2, body, id, visible_at)
            WHERE place = ?1
            """)
        statement.bind(1, try place.rowid())
        statement.bind(2, properties)
        return try statement.run() == 1
    }

    /// Takes away what a message says, but its id and its times; false: none lies there.
    ///
    /// - Parameter properties: what is left.
    @discardableResult
    package func empty(_ place: MessagePlace, leaving properties: Text?) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE message SET tag = NULL, key = NULL, message_group = NULL, properties = ?2, body = X'',
                digest = row_digest(place, event, ordinal, born_at, NULL, NULL, NULL, ?2, X'', id, visible_at)
            WHERE place = ?1
            """)
        statement.bind(1, try place.rowid())
        statement.bind(2, properties)
        return try statement.run() == 1
    }
}

extension TableReader where Self: ~Copyable {
    /// The messages of a stored queue from an offset on.
    package func messages(
        in queue: StoredQueueNumber, fromOffset offset: Int64, limit: Int
    ) throws(StoreFailure) -> [StoredMessage] {
        let statement = try query(
            """
            SELECT place, event, ordinal, born_at, tag, key, message_group, properties, body, id, visible_at
            FROM message WHERE place >= ?1 AND place <= ?2 ORDER BY place LIMIT ?3
            """)
        statement.bind(1, try MessagePlace(queue: queue, offset: offset).rowid())
        statement.bind(2, try MessagePlace(queue: queue, offset: MessagePlace.offsetMax).rowid())
        statement.bind(3, Int64(limit))
        return try statement.all { columns in StoredMessage(columns) }
    }

    /// The visible messages that the events of a range of positions sent, by event and ordinal.
    package func messages(
        ofEventsFrom first: Position, upTo last: Position, limit: Int
    ) throws(StoreFailure) -> [StoredMessage] {
        let statement = try query(
            """
            SELECT place, event, ordinal, born_at, tag, key, message_group, properties, body, id, visible_at
            FROM message WHERE event >= ?1 AND event <= ?2 ORDER BY event, ordinal LIMIT ?3
            """)
        statement.bind(1, first)
        statement.bind(2, last)
        statement.bind(3, Int64(limit))
        return try statement.all { columns in StoredMessage(columns) }
    }

    /// The offset that the next message of a queue gets. Remembered by the writer; asked of the file at first.
    package func nextOffset(of queue: StoredQueueNumber) throws(StoreFailure) -> Int64 {
        if let known = connection.tails.nextOffset(of: queue) { return known }
        let statement = try query(
            """
            SELECT next_offset, (SELECT max(place) FROM message WHERE place >= ?2 AND place <= ?3)
            FROM stored_queue WHERE number = ?1
            """)
        statement.bind(1, queue.number)
        statement.bind(2, try MessagePlace(queue: queue, offset: 0).rowid())
        statement.bind(3, try MessagePlace(queue: queue, offset: MessagePlace.offsetMax).rowid())
        let offset = try statement.first { columns in
            max(columns.integer(0), columns.optionalInteger(1).map { MessagePlace(rowid: $0).offset + 1 } ?? 0)
        }
        guard let offset else { throw StoreFailure(.limit, "there is no stored queue \(queue.number)") }
        return offset
    }
}

extension Statement {
    /// Binds the nine columns of a message's content from parameter `first` on.
    func bind(_ message: MessageRow, from first: Int32) {
        bind(first, message.event)
        bind(first + 1, message.ordinal)
        bind(first + 2, message.bornAt)
        bind(first + 3, message.tag)
        bind(first + 4, message.key)
        bind(first + 5, message.messageGroup)
        bind(first + 6, message.properties)
        bind(first + 7, blob: message.body)
        bind(first + 8, message.id)
    }
}
