import Testing
import WaybillCore
import WaybillStore

@Suite struct `A module's statement` {
    private let store: Store

    init() throws {
        store = try Store.inMemory()
        try migrate("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)")
    }

    private func migrate(_ sql: String) throws {
        try store.write { transaction in
            try transaction.withModuleTables(purpose: .migration) { tables in _ = try tables.execute(sql) }
        }
    }

    private func insert(_ text: SQLValue) throws {
        try store.write { transaction in
            try transaction.withModuleTables { tables in
                _ = try tables.execute("INSERT INTO note (text) VALUES (?)", [text])
            }
        }
    }

    private func all() throws -> [ModuleRow] {
        try store.write { transaction in
            try transaction.withModuleTables { tables in try tables.rows("SELECT * FROM note ORDER BY id") }
        }
    }

    @Test func `is kept from one write to the next, and takes its own values each time`() throws {
        try insert("a")
        try insert("b")
        #expect(try all().map { $0["text"] } == ["a", "b"])
        let inserts = try store.queryPlans().filter { $0.sql == "INSERT INTO note (text) VALUES (?)" }
        #expect(inserts.count == 1)
        // Values of an earlier use must not stand in for missing ones.
        let thrown = failure {
            try store.write { transaction in
                try transaction.withModuleTables { tables in
                    _ = try tables.execute("INSERT INTO note (text) VALUES (?)", [])
                }
            }
        }
        #expect(thrown?.code == .statement)
    }

    @Test func `sees the columns that a migration has added since`() throws {
        try insert("a")
        #expect(try all().first?.columns == ["id", "text"])
        try migrate("ALTER TABLE note ADD COLUMN kind TEXT DEFAULT 'plain'")
        let row = try #require(try all().first)
        #expect(row.columns == ["id", "text", "kind"])
        #expect(row["kind"] == "plain")
    }

    @Test func `loses its rights when a trigger of its table would reach the engine's`() throws {
        try insert("a")
        try migrate("CREATE TRIGGER wipe AFTER INSERT ON note BEGIN DELETE FROM event; END")
        let thrown = failure { try insert("b") }
        #expect(thrown?.code == .denied)
        #expect(try all().count == 1)
    }

    @Test func `that may change rows in a write may not in a read`() throws {
        try insert("a")
        let thrown = failure {
            try store.read { snapshot in
                try snapshot.withModuleTables(deadlineSeconds: 1) { tables in
                    _ = try tables.execute("INSERT INTO note (text) VALUES (?)", ["b"])
                }
            }
        }
        #expect(thrown?.code == .denied)
    }

    @Test func `that failed in the middle does not hold its table`() throws {
        try insert("a")
        #expect(tooMany()?.code == .limit)
        try migrate("DROP TABLE note")
        #expect(tooMany()?.code == .statement)
    }

    /// Asks for more rows than a query may answer.
    private func tooMany() -> StoreFailure? {
        failure {
            try store.write { transaction in
                try transaction.withModuleTables { tables in
                    _ = try tables.rows(
                        """
                        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                        SELECT i FROM n, note
                        """)
                }
            }
        }
    }

    @Test func `is dropped with all others when there are too many`() throws {
        for number in 0..<600 {
            try store.write { transaction in
                try transaction.withModuleTables { tables in
                    let row = try tables.rows("SELECT \(number) AS n").first
                    #expect(row?["n"] == .integer(Int64(number)))
                }
            }
        }
        let kept = try store.queryPlans().filter { $0.sql.hasSuffix("AS n") }
        #expect(!kept.isEmpty && kept.count <= 256)
        try insert("a")
        #expect(try all().count == 1)
    }
}
