import Foundation
import Testing
import WaybillCore
import WaybillStore

@Suite struct `A file of version 1` {
    /// What a shop had in its file before there were groups, in the words of that version's tables.
    private static let rows = """
        INSERT INTO topic (number, name, created_at, deleted_at) VALUES
            (1, 'orders', 100, 200), (2, 'orders', 300, 400), (3, 'orders', 500, NULL), (4, 'mail', 100, NULL);
        INSERT INTO stored_queue (number, topic, lane, priority) VALUES (1, 3, '', 0), (2, 4, 'green', 5);
        INSERT INTO message (place, event, ordinal, born_at, tag, key) VALUES
            ((1 << 40) + 0, 7, 0, 600, 'paid', NULL), ((1 << 40) + 1, 8, 0, 700, NULL, 'k');
        INSERT INTO pending_message (state, topic, lane, priority, due, ordinal, born_at, body, id, producer)
            VALUES ('half', 4, 'green', 5, 900, 0, 800, x'01', 'a', 'p');
        INSERT INTO timeout (kind, due, owner, name) VALUES (4, 900, 1, '');
        """

    private func oldFile(adding sql: String = "") throws -> TemporaryFile {
        let file = try TemporaryFile()
        var settings = StoreSettings()
        settings.newestVersion = 1
        try Store.open(file.path, settings: settings).close()
        try file.execute(Self.rows + sql)
        return file
    }

    @Test func `keeps its rows, and its topics get their rules`() throws {
        let file = try oldFile()
        let store = try Store.open(file.path)
        #expect(try store.fileVersion() == Migrate.newest)
        let topics = try store.read { try $0.topics(after: TopicNumber(0), limit: 9) }
        #expect(topics.map(\.epoch) == [1, 2, 3, 1])
        #expect(topics.map(\.type) == [.mixed, .mixed, .mixed, .mixed])
        #expect(topics.map(\.queues) == [4, 4, 4, 4])
        #expect(topics.map(\.bytesMax) == Array(repeating: TopicRow(name: "", createdAt: .noon).bytesMax, count: 4))
        #expect(topics.map(\.retention) == Array(repeating: .days(7), count: 4))
        let messages = try store.read { try $0.messages(in: StoredQueueNumber(1), fromOffset: 0, limit: 9) }
        #expect(messages.map(\.message.tag) == ["paid", nil])
        #expect(messages.map(\.visibleAt.milliseconds) == [600, 700])
        let half = try #require(
            try store.read { try $0.undecidedMessages(after: PendingMessageNumber(0), limit: 9) }.first)
        #expect(half.message.body == [1])
        let place = try store.write { try $0.publish(half, as: .committed, at: Moment(milliseconds: 950)) }
        #expect(place == MessagePlace(queue: StoredQueueNumber(2), offset: 0))
        #expect(
            try store.write { try $0.keepStoredQueue(topic: "orders", lane: "", at: .noon) } == StoredQueueNumber(1))
    }

    @Test func `keeps the keys of its commands and the lists of its orders`() throws {
        let late: Int64 = 5 << 17
        let file = try oldFile(
            adding: """
                INSERT INTO command (generation, caller, key, fingerprint, stream, version)
                    VALUES (\(Moment.noon.milliseconds / 28_800_000), 'shop', 'k', 7, 1, 1);
                INSERT INTO order_attribute (name, value, number) VALUES ('buyer', 'ann', 1), ('buyer', 'ann', \(late));
                INSERT INTO orders (number, id, workflow, version, status, placed_at, lane, state)
                    VALUES (1, 'a', 1, 1, 'new', 0, '', '{}'), (\(late), 'b', 1, 1, 'new', 0, '', '{}');
                """)
        let store = try Store.open(file.path)
        let known = CommandRow(
            caller: "shop", key: "k", fingerprint: 7, stream: StreamNumber(1), version: 1, refusal: nil)
        #expect(try store.write { try $0.command(caller: "shop", key: "k", at: .noon) } == known)
        #expect(try store.read { try $0.command(caller: "shop", key: "k", at: .noon) } == known)
        let ann = OrderAttribute(name: "buyer", value: "ann")
        let page = try store.read { try $0.orders(attribute: ann, after: StreamNumber(0), limit: 9) }
        #expect(page.orders.map(\.id) == ["a", "b"])
        #expect(page.next == nil)
    }

    @Test func `is migrated once, however often it is opened`() throws {
        let file = try oldFile()
        let first = try Store.open(file.path)
        let group = try first.write { try $0.keepGroup(GroupRow(name: "points", createdAt: .noon)) }
        first.close()
        let second = try Store.open(file.path)
        #expect(try second.read { try $0.group("points") } == group)
        #expect(try second.schema() == Store.inMemory().schema())
    }

    @Test func `stays of version 1 when its migration stops halfway, and goes on later`() throws {
        // The name of one of the last tables is taken, so the migration stops after it has changed others.
        let file = try oldFile(adding: "CREATE TABLE message_key (id INTEGER);")
        let before = try file.rows("SELECT sql FROM sqlite_schema ORDER BY name; SELECT * FROM topic;")
        #expect(failure { _ = try Store.open(file.path) }?.code == .statement)
        #expect(try file.rows("PRAGMA user_version") == "1\n")
        #expect(try file.rows("SELECT sql FROM sqlite_schema ORDER BY name; SELECT * FROM topic;") == before)
        try file.execute("DROP TABLE message_key;")
        let store = try Store.open(file.path)
        #expect(try store.schema() == Store.inMemory().schema())
        #expect(try store.read { try $0.topics(after: TopicNumber(0), limit: 9) }.count == 4)
    }

    @Test func `found in the middle of its migration is of version 1`() throws {
        let file = try oldFile()
        let copy = try TemporaryFile()
        // What a crash leaves: pages of a transaction in the log, and no commit after them.
        let migration = try String(
            contentsOfFile: "\(#filePath)/../../../Migrations/v002_create_delivery.sql".standardized, encoding: .utf8)
        try file.execute(
            """
            PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; \(migration)
            .system cp '\(file.path)' '\(copy.path)'
            .system cp '\(file.path)-wal' '\(copy.path)-wal'
            ROLLBACK;
            """)
        #expect(try copy.bytes(of: "-wal") > 0)
        #expect(
            try copy.rows("PRAGMA user_version; SELECT count(*) FROM sqlite_schema WHERE name = 'cursor'") == "1\n0\n")
        let store = try Store.open(copy.path)
        #expect(try store.schema() == Store.inMemory().schema())
    }
}

extension String {
    fileprivate var standardized: String { URL(fileURLWithPath: self).standardized.path }
}
