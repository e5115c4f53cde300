import Testing
import WaybillCore
import WaybillStore

@Suite struct `A file of version 10` {
    /// What that version kept under made-up names, with some that no release wrote.
    private static let rows = """
        INSERT INTO topic (number, name, created_at) VALUES (1, 'orders', 100), (2, 'mail', 100);
        INSERT INTO stored_queue (number, topic, lane, priority) VALUES
            (1, 1, '', 0), (2, 1, 'grey', 0), (12, 2, '', 0);
        INSERT INTO client_group (number, name, epoch, fifo, broadcast, attempts_max, ladder, invisible, created_at,
            last_used_at) VALUES (3, 'points', 1, 0, 0, 3, '1000', 30000, 100, 200);
        CREATE TABLE module (
            name TEXT PRIMARY KEY, since INTEGER NOT NULL,
            installed INTEGER NOT NULL CHECK (installed IN (0, 1))) STRICT, WITHOUT ROWID;
        INSERT INTO module VALUES ('points', 700, 1), ('cart', -9223372036854775807 - 1, 0);
        INSERT INTO setting (name, value) VALUES
            ('indexed 1', 41), ('size 1', '40,4096'), ('retained 1', 7), ('indexed 12', -5), ('size 12', 'many'),
            ('retained 12', 0), ('size 2', '9,x'), ('indexed 99', 1), ('retained-lanes 2', 17), ('idle since 3', 200),
            ('effects-open 3 12', 5), ('effects-open 3', 1), ('lanes.closed', 'blue' || char(10) || 'green'),
            ('size of shoes', 43);
        """

    private func oldFile(adding sql: String = "") throws -> TemporaryFile {
        let file = try TemporaryFile()
        var settings = StoreSettings()
        settings.newestVersion = 10
        try Store.open(file.path, settings: settings).close()
        try file.execute(Self.rows + sql)
        return file
    }

    @Test func `keeps in columns and tables what it had in settings`() throws {
        let file = try oldFile()
        let store = try Store.open(file.path)
        let (first, grey, mail) = (StoredQueueNumber(1), StoredQueueNumber(2), StoredQueueNumber(12))
        #expect(try store.read { try $0.indexedThrough(first) } == 41)
        #expect(try store.read { try $0.size(of: first) }.through == 40)
        #expect(try store.read { try $0.size(of: first) }.bytes == 4_096)
        #expect(try store.read { try $0.goneThrough(first) } == 7)
        // What cannot be is found and counted anew.
        #expect(try store.read { try $0.indexedThrough(grey) } == 0)
        #expect(try store.read { try $0.indexedThrough(mail) } == 0)
        #expect(try store.read { try $0.size(of: mail) } == QueueSize())
        #expect(try store.read { try $0.goneThrough(mail) } == nil)
        #expect(try store.read { try $0.lanesGoneThrough(TopicNumber(1)) } == nil)
        #expect(try store.read { try $0.lanesGoneThrough(TopicNumber(2)) } == 17)
        #expect(try store.read { try $0.effectsOpened(of: GroupNumber(3), in: mail) } == 5)
        #expect(try store.read { try $0.effectsOpened(of: GroupNumber(3), in: first) } == nil)
        #expect(try store.read { try $0.closedLanes() } == ["blue", "green"])
        #expect(try store.read { try $0.moduleSince("points") } == Moment(milliseconds: 700))
        #expect(try store.read { try $0.moduleSince("cart") } == Moment(milliseconds: .min))
        #expect(try !store.write { try $0.noteIdle(GroupNumber(3), since: Moment(milliseconds: 200)) })
        #expect(try store.write { try $0.keepModule("points", since: .noon) })
        #expect(try !store.write { try $0.keepModule("cart", since: .noon) })
        #expect(try store.schema() == Store.inMemory().schema())
        store.close()
        let left = try file.rows(
            "SELECT name FROM setting WHERE name NOT IN ('boot', 'last plain message id') ORDER BY name")
        #expect(left == "effects-open 3\nsize of shoes\n")
    }

    @Test func `has no row whose digest is wrong afterwards, and each change gives it one`() throws {
        let file = try oldFile()
        let store = try Store.open(file.path)
        try store.write { transaction in
            try transaction.setIndexed(StoredQueueNumber(1), through: 50)
            try transaction.raiseGone(StoredQueueNumber(2), through: 9)
            try transaction.raiseLanesGone(of: TopicNumber(1), through: 3)
            _ = try transaction.noteIdle(GroupNumber(3), since: .noon)
        }
        for table in DigestedTable.allCases {
            #expect(try store.read { try $0.damagedRows(of: table, limit: 9) } == [], "\(table)")
        }
        store.close()
        try file.execute("UPDATE stored_queue SET gone_through = 10; UPDATE client_group SET idle_since = 1;")
        let changed = try Store.open(file.path)
        #expect(try changed.read { try $0.damagedRows(of: .storedQueue, limit: 9) }.count == 2)
        #expect(try changed.read { try $0.damagedRows(of: .clientGroup, limit: 9) }.count == 1)
    }

    @Test func `without modules gets a list of them`() throws {
        let file = try oldFile(adding: "DROP TABLE module;")
        let store = try Store.open(file.path)
        #expect(try store.read { try $0.moduleSince("points") } == nil)
        #expect(try store.schema() == Store.inMemory().schema())
    }
}
