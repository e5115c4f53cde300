package import WaybillCore

/// A topic and its rules.
package struct TopicRow: Hashable, Sendable {
    package static let queuesMax: Int64 = 1_024

    package var number: TopicNumber
    package var name: TopicName
    /// Topics that workflows name are mixed.
    package var type: TopicType
    /// How many queues clients see.
    package var queues: Int64
    /// Which topic of this name it is, from 1.
    package var epoch: Int64
    /// Beyond it the oldest message goes, owed or not.
    package var bytesMax: Int64
    /// How long messages stay that nobody is owed.
    package var retention: Interval
    package var createdAt: Moment
    package var deletedAt: Moment?

    package init(
        name: TopicName, type: TopicType = .mixed, queues: Int64 = 4, bytesMax: Int64 = 10 << 30,
        retention: Interval = .days(7), createdAt: Moment
    ) {
        number = TopicNumber(0)
        self.name = name
        self.type = type
        self.queues = queues
        epoch = 1
        self.bytesMax = bytesMax
        self.retention = retention
        self.createdAt = createdAt
    }

    init(_ columns: Columns) throws(StoreFailure) {
        number = TopicNumber(columns.integer(0))
        name = TopicName(columns.text(1))
        // A type that cannot be read keeps no message out; verify names it.
        type = TopicType(rawValue: columns.text(2).string) ?? .mixed
        queues = columns.integer(3)
        epoch = columns.integer(4)
        bytesMax = columns.integer(5)
        retention = Interval(milliseconds: columns.integer(6))
        createdAt = columns.moment(7)
        deletedAt = columns.optionalMoment(8)
    }
}

extension Transaction {
    /// Makes a topic; number and epoch given in the row do not count. There must be none of this name.
    @discardableResult
    package func insert(_ topic: TopicRow) throws(StoreFailure) -> TopicNumber {
        let statement = try statement(
            """
            INSERT INTO topic (name, type, queues, bytes_max, retention, created_at, epoch)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT ifnull(max(epoch), 0) + 1 FROM topic WHERE name = ?1))
            """)
        statement.bind(1, topic.name)
        statement.bind(2, Text(topic.type.rawValue))
        statement.bind(3, topic.queues)
        statement.bind(4, topic.bytesMax)
        statement.bind(5, topic.retention.milliseconds)
        statement.bind(6, topic.createdAt)
        try statement.run()
        let number = TopicNumber(lastInsertedRow)
        try seal(number)
        return number
    }

    /// Gives a row that was changed its digest; false: there is none of this number.
    @discardableResult
    private func seal(_ topic: TopicNumber) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE topic SET digest = CASE WHEN lanes_gone_through IS NULL
                THEN row_digest(number, name, created_at, deleted_at, type, queues, epoch, bytes_max, retention)
                ELSE row_digest(number, name, created_at, deleted_at, type, queues, epoch, bytes_max, retention,
                    lanes_gone_through) END
            WHERE number = ?1
            """)
        statement.bind(1, topic.number)
        return try statement.run() == 1
    }

    /// Notes that messages of the lanes of a topic up to an event may be gone, with the lanes' queues.
    package func raiseLanesGone(of topic: TopicNumber, through event: Int64) throws(StoreFailure) {
        let statement = try statement(
            "UPDATE topic SET lanes_gone_through = ?2 WHERE number = ?1 AND ifnull(lanes_gone_through, 0) < ?2")
        statement.bind(1, topic.number)
        statement.bind(2, event)
        if try statement.run() == 1 { try seal(topic) }
    }

    /// Changes the rules of a topic; false: there is none of this number.
    @discardableResult
    package func update(_ topic: TopicRow) throws(StoreFailure) -> Bool {
        let statement = try statement(
            """
            UPDATE topic SET type = ?2, queues = ?3, bytes_max = ?4, retention = ?5
            WHERE number = ?1 AND deleted_at IS NULL
            """)
        statement.bind(1, topic.number.number)
        statement.bind(2, Text(topic.type.rawValue))
        statement.bind(3, topic.queues)
        statement.bind(4, topic.bytesMax)
        statement.bind(5, topic.retention.milliseconds)
        connection.tails.forgetTopics()
        return try statement.run() == 1 ? seal(topic.number) : false
    }

    /// The topic of this name that exists, as the writer remembers it: asked for every message.
    package func knownTopic(_ name: TopicName) throws(StoreFailure) -> TopicRow? {
        if let known = connection.tails.topic(name) { return known }
        let row = try topicRow(name)
        if let row { connection.tails.set(row) }
        return row
    }

    /// Marks a topic as deleted: its name is free, its messages are out of reach and leave by ``deleteMessages``;
    /// false: there is none of this number.
    @discardableResult
    package func deleteTopic(_ number: TopicNumber, at now: Moment) throws(StoreFailure) -> Bool {
        let statement = try statement("UPDATE topic SET deleted_at = ?2 WHERE number = ?1 AND deleted_at IS NULL")
        statement.bind(1, number.number)
        statement.bind(2, now)
        guard try statement.run() == 1 else { return false }
        try seal(number)
        // The next message to this name must find that its queue is gone.
        connection.tails.forgetTopics()
        return true
    }
}

extension TableReader where Self: ~Copyable {
    /// A topic by its number, deleted ones too.
    package func topic(_ number: TopicNumber) throws(StoreFailure) -> TopicRow? {
        let statement = try query(
            """
            SELECT number, name, type, queues, epoch, bytes_max, retention, created_at, deleted_at
            FROM topic WHERE number = ?1
            """)
        statement.bind(1, number.number)
        return try statement.first { columns throws(StoreFailure) in try TopicRow(columns) }
    }

    /// The topic of this name that exists.
    package func topicRow(_ name: TopicName) throws(StoreFailure) -> TopicRow? {
        let statement = try query(
            """
            SELECT number, name, type, queues, epoch, bytes_max, retention, created_at, deleted_at
            FROM topic WHERE name = ?1 AND deleted_at IS NULL
            """)
        statement.bind(1, name)
        return try statement.first { columns throws(StoreFailure) in try TopicRow(columns) }
    }

    /// The topics after a number, deleted ones too, for as long as their rows stay.
    package func topics(after number: TopicNumber, limit: Int) throws(StoreFailure) -> [TopicRow] {
        let statement = try query(
            """
            SELECT number, name, type, queues, epoch, bytes_max, retention, created_at, deleted_at
            FROM topic WHERE number > ?1 ORDER BY number LIMIT ?2
            """)
        statement.bind(1, number.number)
        statement.bind(2, Int64(limit))
        return try statement.all { columns throws(StoreFailure) in try TopicRow(columns) }
    }

    /// Up to which event messages of the lanes of a topic may be gone whose queues are gone too; nil: none is.
    package func lanesGoneThrough(_ topic: TopicNumber) throws(StoreFailure) -> Int64? {
        let statement = try query("SELECT lanes_gone_through FROM topic WHERE number = ?1")
        statement.bind(1, topic.number)
        return try statement.first { columns in columns.optionalInteger(0) } ?? nil
    }

    /// All stored queues of a topic by lane and priority, however many lanes it has.
    package func storedQueues(of topic: TopicNumber) throws(StoreFailure) -> [StoredQueueRow] {
        var queues: [StoredQueueRow] = []
        var walk = PageWalk<StoredQueueRow, StoredQueueRow?>(after: nil, by: { $0 })
        while let page = try walk.next({ last, limit throws(StoreFailure) in
            try storedQueues(of: topic, after: last, limit: limit)
        }) { queues += page }
        return queues
    }

    /// One page of the stored queues of a topic by lane and priority, after one of them; nil: from the first.
    package func storedQueues(
        of topic: TopicNumber, after queue: StoredQueueRow?, limit: Int
    ) throws(StoreFailure) -> [StoredQueueRow] {
        let statement = try query(
            """
            SELECT q.number, t.name, q.lane, q.priority
            FROM topic AS t CROSS JOIN stored_queue AS q ON q.topic = t.number
            WHERE t.number = ?1 AND (q.lane, q.priority) > (?3, ?4) ORDER BY q.lane, q.priority LIMIT ?2
            """)
        statement.bind(1, topic.number)
        statement.bind(2, Int64(limit))
        statement.bind(3, queue?.lane ?? "")
        statement.bind(4, queue?.priority ?? .min)
        return try statement.all { columns in
            StoredQueueRow(
                number: StoredQueueNumber(columns.integer(0)), topic: TopicName(columns.text(1)),
                lane: columns.text(2), priority: columns.integer(3))
        }
    }
}
