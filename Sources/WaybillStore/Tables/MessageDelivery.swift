package import WaybillCore

/// Messages that were fetched for delivery.
package struct MessageBatch: Hashable, Sendable {
    package var messages: [StoredMessage]
    /// How many of the places asked for are dealt with: those found, and those where nothing lies any more.
    package var placesRead: Int
    package var bytes: Int
}

/// What lies in a range of a stored queue.
package struct MessageMeasure: Hashable, Sendable {
    package var count = 0
    package var bytes: Int64 = 0
    /// Of the last message measured; nil: there is none.
    package var lastOffset: Int64?
    /// The latest event among those that sent them.
    package var lastEvent: Position?
}

extension TableReader where Self: ~Copyable {
    /// The messages at some places, in the order asked for, until one more would exceed `bytesMax`. The first message
    /// comes however large it is. Places where nothing lies are passed over.
    package func messages(
        at places: some Collection<MessagePlace>, bytesMax: Int, countMax: Int
    ) throws(StoreFailure) -> MessageBatch {
        var batch = MessageBatch(messages: [], placesRead: 0, bytes: 0)
        for place in places {
            guard batch.messages.count < countMax else { break }
            if let message = try message(at: place) {
                let bytes = message.byteCount
                guard batch.messages.isEmpty || batch.bytes + bytes <= bytesMax else { break }
                batch.messages.append(message)
                batch.bytes += bytes
            }
            batch.placesRead += 1
        }
        return batch
    }

    package func message(at place: MessagePlace) throws(StoreFailure) -> StoredMessage? {
        let statement = try query(
            """
            SELECT place, event, ordinal, born_at, tag, key, message_group, properties, body, id, visible_at
            FROM message WHERE place = ?1
            """)
        statement.bind(1, try place.rowid())
        return try statement.first { columns in StoredMessage(columns) }
    }

    /// The offset of the oldest message of a queue; nil: it is empty.
    package func oldestOffset(of queue: StoredQueueNumber) throws(StoreFailure) -> Int64? {
        let statement = try query("SELECT min(place) FROM message WHERE place >= ?1 AND place <= ?2")
        statement.bind(1, try MessagePlace(queue: queue, offset: 0).rowid())
        statement.bind(2, try MessagePlace(queue: queue, offset: MessagePlace.offsetMax).rowid())
        let place = try statement.first { columns in columns.optionalInteger(0) } ?? nil
        return place.map { MessagePlace(rowid: $0).offset }
    }

    /// The offset of the newest message of a queue; nil: it is empty.
    package func newestOffset(of queue: StoredQueueNumber) throws(StoreFailure) -> Int64? {
        let statement = try query("SELECT max(place) FROM message WHERE place >= ?1 AND place <= ?2")
        statement.bind(1, try MessagePlace(queue: queue, offset: 0).rowid())
        statement.bind(2, try MessagePlace(queue: queue, offset: MessagePlace.offsetMax).rowid())
        let place = try statement.first { columns in columns.optionalInteger(0) } ?? nil
        return place.map { MessagePlace(rowid: $0).offset }
    }

    /// The first offset of a queue whose message became visible at `moment` or later; the next offset when none did.
    ///
    /// Messages become visible in the order of their offsets, so halving the range finds it in some forty steps. A
    /// clock that was set back makes the answer the place of one such step, not the earliest.
    package func offset(of queue: StoredQueueNumber, visibleFrom moment: Moment) throws(StoreFailure) -> Int64 {
        var high = try nextOffset(of: queue)
        guard var low = try oldestOffset(of: queue) else { return high }
        while low < high {
            let middle = low + (high - low) / 2
            // Deleted messages leave holes: the next one that is there answers for them.
            let found = try messages(in: queue, fromOffset: middle, limit: 1).first
            guard let found, found.place.offset < high else {
                high = middle
                continue
            }
            if found.visibleAt < moment { low = found.place.offset + 1 } else { high = middle }
        }
        return high
    }

    /// How many messages are not there between the oldest and the newest of a queue. Counts them all.
    package func missingMessages(in queue: StoredQueueNumber) throws(StoreFailure) -> Int64 {
        let statement = try query(
            "SELECT ifnull(max(place) - min(place) + 1, 0) - count(*) FROM message WHERE place >= ?1 AND place <= ?2")
        statement.bind(1, try MessagePlace(queue: queue, offset: 0).rowid())
        statement.bind(2, try MessagePlace(queue: queue, offset: MessagePlace.offsetMax).rowid())
        return try statement.first { columns in columns.integer(0) } ?? 0
    }

    /// The bytes and number of a queue's messages in a range of offsets, of at most `limit` messages.
    package func measureMessages(
        in queue: StoredQueueNumber, fromOffset offset: Int64, below end: Int64 = MessagePlace.offsetMax, limit: Int
    ) throws(StoreFailure) -> MessageMeasure {
        let statement = try query(
            """
            SELECT count(*), ifnull(sum(bytes), 0), max(place), max(event) FROM (
                SELECT 64 + ifnull(length(body), 0) + ifnull(length(properties), 0) AS bytes, place, event FROM message
                WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3)
            """)
        let end = min(max(offset, end), MessagePlace.offsetMax)
        statement.bind(1, try MessagePlace(queue: queue, offset: offset).rowid())
        statement.bind(2, try MessagePlace(queue: queue, offset: end).rowid())
        statement.bind(3, Int64(limit))
        return try statement.first { columns in
            MessageMeasure(
                count: Int(columns.integer(0)), bytes: columns.integer(1),
                lastOffset: columns.optionalInteger(2).map { MessagePlace(rowid: $0).offset },
                lastEvent: columns.optionalPosition(3))
        } ?? MessageMeasure()
    }
}

extension Transaction {
    /// Deletes the oldest messages of a queue below an offset; answers how many, at most `limit`. The queue's next
    /// offset is stored first: without its newest message the queue would give it out again.
    @discardableResult
    package func deleteMessages(
        of queue: StoredQueueNumber, below offset: Int64, limit: Int = 1_000
    ) throws(StoreFailure) -> Int {
        try raiseNextOffset(of: queue)
        let statement = try statement(
            """
            DELETE FROM message WHERE place IN (
                SELECT place FROM message WHERE place >= ?1 AND place < ?2 ORDER BY place LIMIT ?3)
            """)
        statement.bind(1, try MessagePlace(queue: queue, offset: 0).rowid())
        statement.bind(2, try MessagePlace(queue: queue, offset: min(max(0, offset), MessagePlace.offsetMax)).rowid())
        statement.bind(3, Int64(limit))
        return try statement.run()
    }

    private func raiseNextOffset(of queue: StoredQueueNumber) throws(StoreFailure) {
        let next = try nextOffset(of: queue)
        let statement = try statement("UPDATE stored_queue SET next_offset = ?2 WHERE number = ?1 AND next_offset < ?2")
        statement.bind(1, queue.number)
        statement.bind(2, next)
        if try statement.run() == 1 { try seal(queue) }
    }
}

extension StoredMessage {
    /// What a message takes of a consumer's memory, about. One whose body is made from its event counts without it.
    package var byteCount: Int {
        (message.body?.count ?? 0) + (message.properties?.byteCount ?? 0) + (message.key?.byteCount ?? 0)
            + (message.messageGroup?.byteCount ?? 0) + (message.tag?.byteCount ?? 0) + 64
    }
}
