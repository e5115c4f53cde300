import Foundation
import Testing
import WaybillCore
import WaybillStore

@Suite struct `A new file` {
    @Test func `is made in full before it gets its name, whatever an earlier try has left`() throws {
        let file = try TemporaryFile()
        for suffix in [".new", ".new-journal", ".new-wal", ".new-shm"] {
            try Data(repeating: 7, count: 5_000).write(to: URL(fileURLWithPath: file.path + suffix))
        }
        let store = try Store.open(file.path)
        #expect(store.bootNumber == 1)
        store.close()
        let names = try FileManager.default.contentsOfDirectory(atPath: file.directory).sorted()
        #expect(names == ["shop.db", "shop.db.lock"])
    }

    @Test func `can be read by its owner alone`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
        }
        store.close()
    }

    @Test func `is not made beside the log of one that is gone`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        try store.write { transaction in try transaction.append(.sample(1)) }
        let crashed = try file.crashed()
        store.close()
        try FileManager.default.removeItem(atPath: crashed.path)
        let log = try crashed.contents("-wal")
        let refused = failure { _ = try Store.open(crashed.path) }
        #expect(refused?.code == .damaged)
        #expect(refused?.message.contains("is missing or empty") == true)
        #expect(try crashed.contents("-wal") == log)
        #expect(!FileManager.default.fileExists(atPath: crashed.path))
    }
}

/// What a release before left when it was killed while it made a file.
@Suite struct `A rollback journal` {
    /// A write of another program, in the middle of which the file and its journal are copied.
    private func interrupted(_ file: TemporaryFile, preparing sql: String = "") throws -> TemporaryFile {
        let copy = try TemporaryFile()
        try file.execute(
            """
            \(sql)
            PRAGMA cache_size = 2;
            BEGIN;
            CREATE TABLE filler (x);
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
            INSERT INTO filler SELECT randomblob(900) FROM n;
            .shell cp \(file.path) \(copy.path); cp \(file.path)-journal \(copy.path)-journal
            ROLLBACK;
            """)
        try #require(try copy.bytes(of: "-journal") > 0)
        return copy
    }

    @Test func `of the making of the file is rolled back, and the file is made`() throws {
        let copy = try interrupted(try TemporaryFile())
        try #require(try copy.bytes() > 0)
        let store = try Store.open(copy.path)
        #expect(store.bootNumber == 1)
        try store.write { transaction in try transaction.append(.sample(1)) }
        store.close()
        #expect(try copy.rows("SELECT count(*) FROM sqlite_schema WHERE name = 'filler'") == "0\n")
        #expect(try copy.bytes(of: "-journal") == 0)
    }

    @Test func `beside a file of ours is rolled back, and nothing is lost`() throws {
        let file = try TemporaryFile()
        let store = try Store.open(file.path)
        try store.write { transaction in try transaction.append(.sample(1)) }
        store.close()
        let copy = try interrupted(file, preparing: "PRAGMA journal_mode = DELETE;")
        #expect(try Store.open(copy.path).read { try $0.event(at: Position(1)) } == .sample(1))
    }

    @Test func `of another program stays as it is, and so does its file`() throws {
        let file = try TemporaryFile()
        let copy = try interrupted(file, preparing: "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1);")
        let before = (try copy.contents(), try copy.contents("-journal"))
        #expect(failure { _ = try Store.open(copy.path) }?.code == .foreign)
        #expect(try copy.contents() == before.0 && copy.contents("-journal") == before.1)
    }
}
