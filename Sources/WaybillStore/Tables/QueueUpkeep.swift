import WaybillCore

/// How many bytes the messages of a stored queue take: counted once when they are a step old, taken off again when they
/// go. Kept in the file, so that nothing is counted again after opening it.
package struct QueueSize: Hashable, Sendable {
    /// Messages below this offset are counted.
    package var through: Int64 = 0
    package var bytes: Int64 = 0

    /// More than any disk holds: a sum of many of them still can be counted.
    private static let bytesMax: Int64 = 1 << 50

    package init() {}

    /// Nil: such a size cannot be.
    fileprivate init?(through: Int64, bytes: Int64) {
        guard (0...MessagePlace.offsetMax).contains(through), (0...Self.bytesMax).contains(bytes) else { return nil }
        self.through = through
        self.bytes = bytes
    }
}

/// How far the upkeep of a stored queue came: what is indexed, counted, and gone.
extension Transaction {
    /// Notes that the messages of a queue below an offset are in the index of keys.
    package func setIndexed(_ queue: StoredQueueNumber, through offset: Int64) throws(StoreFailure) {
        let statement = try statement("UPDATE stored_queue SET indexed_through = ?2 WHERE number = ?1")
        statement.bind(1, queue.number)
        statement.bind(2, offset)
        if try statement.run() == 1 { try seal(queue) }
    }

    /// Notes what the messages of a queue take.
    package func setSize(_ size: QueueSize, of queue: StoredQueueNumber) throws(StoreFailure) {
        let statement = try statement(
            "UPDATE stored_queue SET counted_through = ?2, counted_bytes = ?3 WHERE number = ?1")
        statement.bind(1, queue.number)
        statement.bind(2, size.through)
        statement.bind(3, size.bytes)
        if try statement.run() == 1 { try seal(queue) }
    }

    /// Forgets how far a queue is indexed and counted: nothing is left in it.
    package func forgetUpkeep(of queue: StoredQueueNumber) throws(StoreFailure) {
        let statement = try statement(
            """
            UPDATE stored_queue SET indexed_through = NULL, counted_through = NULL, counted_bytes = NULL
            WHERE number = ?1 AND (indexed_through IS NOT NULL OR counted_through IS NOT NULL)
            """)
        statement.bind(1, queue.number)
        if try statement.run() == 1 { try seal(queue) }
    }

    /// Notes that the messages of a queue up to an event may be gone: retention took some of them.
    package func raiseGone(_ queue: StoredQueueNumber, through event: Int64) throws(StoreFailure) {
        let statement = try statement(
            "UPDATE stored_queue SET gone_through = ?2 WHERE number = ?1 AND ifnull(gone_through, 0) < ?2")
        statement.bind(1, queue.number)
        statement.bind(2, event)
        if try statement.run() == 1 { try seal(queue) }
    }

    /// Gives the row of a queue that was changed its digest.
    func seal(_ queue: StoredQueueNumber) throws(StoreFailure) {
        let statement = try statement(
            """
            UPDATE stored_queue SET digest = CASE
                WHEN coalesce(indexed_through, counted_through, counted_bytes, gone_through) IS NULL
                THEN row_digest(number, topic, lane, priority, next_offset)
                ELSE row_digest(number, topic, lane, priority, next_offset, indexed_through, counted_through,
                    counted_bytes, gone_through) END
            WHERE number = ?1
            """)
        statement.bind(1, queue.number)
        try statement.run()
    }
}

extension TableReader where Self: ~Copyable {
    /// The offset below which the messages of a queue are in the index of keys; 0: none is.
    package func indexedThrough(_ queue: StoredQueueNumber) throws(StoreFailure) -> Int64 {
        let statement = try query("SELECT indexed_through FROM stored_queue WHERE number = ?1")
        statement.bind(1, queue.number)
        let offset = try statement.first { columns in columns.optionalInteger(0) } ?? nil
        // One that cannot be is found anew.
        return offset.flatMap { (0...MessagePlace.offsetMax).contains($0) ? $0 : nil } ?? 0
    }

    /// What the messages of a queue take.
    package func size(of queue: StoredQueueNumber) throws(StoreFailure) -> QueueSize {
        let statement = try query("SELECT counted_through, counted_bytes FROM stored_queue WHERE number = ?1")
        statement.bind(1, queue.number)
        let size = try statement.first { columns -> QueueSize? in
            guard let through = columns.optionalInteger(0), let bytes = columns.optionalInteger(1) else { return nil }
            return QueueSize(through: through, bytes: bytes)
        }
        // One that cannot be is counted anew.
        return (size ?? nil) ?? QueueSize()
    }

    /// Up to which event messages of a queue may be gone; nil: none is.
    package func goneThrough(_ queue: StoredQueueNumber) throws(StoreFailure) -> Int64? {
        let statement = try query("SELECT gone_through FROM stored_queue WHERE number = ?1")
        statement.bind(1, queue.number)
        return try statement.first { columns in columns.optionalInteger(0) } ?? nil
    }
}
