package import WaybillCore

/// What the writer remembers of the tables of queues. Forgotten when a write is undone, and then asked of the file.
final class QueueTails {
    struct Key: Hashable {
        var topic: TopicName
        var lane: Text
        var priority: Int64
    }

    private var offsets: [StoredQueueNumber: Int64] = [:]
    private var numbers: [Key: StoredQueueNumber] = [:]
    private var topics: [TopicName: TopicRow] = [:]
    /// Queues that got messages since somebody asked, with the offset after the last.
    private var grown: [StoredQueueNumber: Int64] = [:]

    func takeGrown() -> [StoredQueueNumber: Int64] {
        defer { grown.removeAll(keepingCapacity: true) }
        return grown
    }

    func nextOffset(of queue: StoredQueueNumber) -> Int64? { offsets[queue] }
    func setNextOffset(_ offset: Int64, of queue: StoredQueueNumber) {
        offsets[queue] = offset
        grown[queue] = offset
    }
    func number(of key: Key) -> StoredQueueNumber? { numbers[key] }
    func setNumber(_ number: StoredQueueNumber, of key: Key) { numbers[key] = number }
    func topic(_ name: TopicName) -> TopicRow? { topics[name] }
    func set(_ topic: TopicRow) { topics[topic.name] = topic }

    /// After a write that was undone.
    func forget() {
        grown = [:]
        forgetTopics()
    }

    /// A topic has changed or is gone. What the write at hand has appended is still to be told.
    func forgetTopics() {
        offsets = [:]
        numbers = [:]
        topics = [:]
    }
}

/// The number of a topic; a deleted topic's is never used again.
package struct TopicNumber: Hashable, Sendable {
    package let number: Int64
    package init(_ number: Int64) { self.number = number }
}

/// Where the messages of one topic, lane and priority lie.
package struct StoredQueueRow: Hashable, Sendable {
    package var number: StoredQueueNumber
    package var topic: TopicName
    package var lane: Text
    package var priority: Int64
}

extension Transaction {
    /// The stored queues that messages were appended to since this was last asked, with the offset after the last one.
    package func takeGrownQueues() -> [StoredQueueNumber: Int64] { connection.tails.takeGrown() }

    /// The number of a topic, which is created if there is none of this name.
    @discardableResult
    package func keepTopic(_ name: TopicName, at now: Moment) throws(StoreFailure) -> TopicNumber {
        if let known = try topic(name) { return known }
        return try insert(TopicRow(name: name, createdAt: now))
    }

    /// The stored queue of a topic, lane and priority. Queue and topic are created if there are none.
    package func keepStoredQueue(
        topic name: TopicName, lane: Text, priority: Int64 = 0, at now: Moment
    ) throws(StoreFailure) -> StoredQueueNumber {
        let key = QueueTails.Key(topic: name, lane: lane, priority: priority)
        if let known = connection.tails.number(of: key) { return known }
        let topic = try keepTopic(name, at: now)
        let number =
            if let stored = try storedQueue(topic: topic, lane: lane, priority: priority) {
                stored
            } else {
                try insertStoredQueue(topic: topic, lane: lane, priority: priority)
            }
        connection.tails.setNumber(number, of: key)
        return number
    }

    private func insertStoredQueue(
        topic: TopicNumber, lane: Text, priority: Int64
    ) throws(StoreFailure) -> StoredQueueNumber {
        let statement = try statement("INSERT INTO stored_queue (topic, lane, priority) VALUES (?1, ?2, ?3)")
        statement.bind(1, topic.number)
        statement.bind(2, lane)
        statement.bind(3, priority)
        try statement.run()
        let number = StoredQueueNumber(lastInsertedRow)
        try seal(number)
        return number
    }

    /// Takes a stored queue away in which nothing lies; false: it is the newest, and stays, because its number would be
    /// given out again. Its cursors are the caller's to delete.
    package func deleteStoredQueue(_ number: StoredQueueNumber) throws(StoreFailure) -> Bool {
        let statement = try statement(
            "DELETE FROM stored_queue WHERE number = ?1 AND number < (SELECT max(number) FROM stored_queue)")
        statement.bind(1, number.number)
        guard try statement.run() == 1 else { return false }
        // The next message of its lane gets a queue of another number.
        connection.tails.forgetTopics()
        return true
    }
}

extension TableReader where Self: ~Copyable {
    package func topic(_ name: TopicName) throws(StoreFailure) -> TopicNumber? {
        let statement = try query("SELECT number FROM topic WHERE name = ?1 AND deleted_at IS NULL")
        statement.bind(1, name)
        return try statement.first { columns in TopicNumber(columns.integer(0)) }
    }

    package func storedQueue(
        topic: TopicNumber, lane: Text, priority: Int64
    ) throws(StoreFailure) -> StoredQueueNumber? {
        let statement = try query(
            "SELECT number FROM stored_queue WHERE topic = ?1 AND lane = ?2 AND priority = ?3")
        statement.bind(1, topic.number)
        statement.bind(2, lane)
        statement.bind(3, priority)
        return try statement.first { columns in StoredQueueNumber(columns.integer(0)) }
    }

    /// The stored queues after a number, with their topics' names.
    package func storedQueues(
        after number: StoredQueueNumber, limit: Int
    ) throws(StoreFailure) -> [StoredQueueRow] {
        let statement = try query(
            """
            SELECT q.number, t.name, q.lane, q.priority
            FROM stored_queue AS q CROSS JOIN topic AS t ON t.number = q.topic
            WHERE q.number > ?1 ORDER BY q.number LIMIT ?2
            """)
        statement.bind(1, number.number)
        statement.bind(2, Int64(limit))
        return try statement.all { columns in
            StoredQueueRow(
                number: StoredQueueNumber(columns.integer(0)), topic: TopicName(columns.text(1)),
                lane: columns.text(2), priority: columns.integer(3))
        }
    }
}
