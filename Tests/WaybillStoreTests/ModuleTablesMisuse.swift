import Testing
import WaybillCore
import WaybillStore

@Suite struct `A module's closure` {
    /// A store with one event and a module's table `note`.
    private func storeWithNotes() throws -> Store {
        let store = try Store.inMemory()
        try store.write { transaction in
            try transaction.append(.sample(1))
            try transaction.withModuleTables(purpose: .migration) { tables in
                try tables.execute("CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT UNIQUE)")
            }
        }
        return store
    }

    private func notes(_ store: Store) throws -> [ModuleRow] {
        try store.write { transaction in
            try transaction.withModuleTables { tables in try tables.rows("SELECT id, text FROM note ORDER BY id") }
        }
    }

    /// Runs `body` in a write that also appends an event; nothing may remain, and the next write must work.
    private func expectHarmless(
        _ store: Store, code: StoreFailure.Code, deadlineSeconds: Double = 1,
        purpose: Transaction.ModulePurpose = .rows, _ body: (borrowing ModuleTables) throws -> Void
    ) throws {
        let thrown = failure {
            try store.write { transaction in
                try transaction.append(.sample(2))
                try transaction.withModuleTables(deadlineSeconds: deadlineSeconds, purpose: purpose, body)
                try transaction.append(.sample(3))
            }
        }
        #expect(thrown?.code == code, "\(String(describing: thrown))")
        #expect(try store.read { try $0.journalEnd().position } == Position(1))
        try store.write { transaction in try transaction.append(.sample(2)) }
        #expect(try store.read { try $0.journalEnd().position } == Position(2))
    }

    @Test func `keeps rows in the write of the command, and reads them back`() throws {
        let store = try storeWithNotes()
        try store.write { transaction in
            try transaction.append(.sample(2))
            try transaction.withModuleTables { tables in
                #expect(tables.dialect == .sqlite)
                let count = try tables.execute("INSERT INTO note (text) VALUES (?1), (?2)", ["one", nil])
                #expect(count == 2)
            }
        }
        let rows = try notes(store)
        #expect(rows.map(\.values) == [[1, "one"], [2, nil]])
        #expect(rows.first?["text"] == "one")
        #expect(rows.first?["none"] == nil)
    }

    @Test func `cannot begin, commit, roll back or set a savepoint`() throws {
        for sql in [
            "COMMIT", "ROLLBACK", "END", "BEGIN", "SAVEPOINT a", "RELEASE a", "ROLLBACK TO a",
            "PRAGMA user_version = 9", "PRAGMA query_only", "ATTACH ':memory:' AS other", "DETACH main", "ANALYZE",
            "REINDEX note",
            "CREATE TABLE more (id INTEGER)", "DROP TABLE note", "CREATE TEMP TABLE more (id INTEGER)",
        ] {
            try expectHarmless(try storeWithNotes(), code: .denied) { tables in try tables.execute(sql) }
        }
    }

    @Test func `cannot read or write a table of the engine`() throws {
        for sql in [
            "SELECT * FROM event", "SELECT count(*) FROM orders", "DELETE FROM event", "UPDATE stock SET free = 1",
            "INSERT INTO setting VALUES ('boot', 0)", "SELECT (SELECT max(position) FROM EVENT)",
            "INSERT INTO note (text) SELECT body FROM event", "SELECT * FROM sqlite_schema",
            "WITH e AS (SELECT * FROM main.event) SELECT * FROM e", "SELECT e.position FROM note, event AS e",
            "SELECT load_extension('x')", "SELECT * FROM pragma_table_info('event')",
        ] {
            try expectHarmless(try storeWithNotes(), code: .denied) { tables in _ = try tables.rows(sql) }
        }
    }

    @Test func `cannot make a migration that touches the engine's tables`() throws {
        for sql in [
            "DROP TABLE event", "ALTER TABLE event ADD COLUMN more TEXT", "CREATE INDEX more ON event (at)",
            "DROP INDEX event_by_stream", "CREATE TRIGGER t AFTER INSERT ON event BEGIN SELECT 1; END",
            "CREATE TABLE lease (id INTEGER)", "CREATE VIRTUAL TABLE v USING fts5 (text)",
            "CREATE TABLE copy AS SELECT * FROM event",
            "CREATE TEMP TRIGGER t AFTER INSERT ON note BEGIN SELECT 1; END",
            "ALTER TABLE note RENAME TO lease",
            // What a later release may need.
            "CREATE TABLE waybill_note (id INTEGER)", "CREATE TABLE Waybill_Note (id INTEGER)",
            "ALTER TABLE note RENAME TO waybill_note",
        ] {
            try expectHarmless(try storeWithNotes(), code: .denied, purpose: .migration) { tables in
                try tables.execute(sql)
            }
        }
    }

    @Test func `cannot reach the engine's tables through a trigger or a view of its own`() throws {
        let store = try storeWithNotes()
        try store.write { transaction in
            try transaction.withModuleTables(purpose: .migration) { tables in
                try tables.execute("CREATE TRIGGER wipe AFTER INSERT ON note BEGIN DELETE FROM event; END")
                try tables.execute("CREATE VIEW journal AS SELECT * FROM event")
            }
        }
        try expectHarmless(store, code: .denied) { tables in
            try tables.execute("INSERT INTO note (text) VALUES ('x')")
        }
        let read = failure {
            try store.write { transaction in
                try transaction.withModuleTables { tables in _ = try tables.rows("SELECT * FROM journal") }
            }
        }
        #expect(read?.code == .denied)
    }

    @Test func `that trips a trigger with ROLLBACK undoes its own write only`() throws {
        let store = try storeWithNotes()
        try store.write { transaction in
            try transaction.withModuleTables(purpose: .migration) { tables in
                try tables.execute(
                    "CREATE TRIGGER no AFTER INSERT ON note BEGIN SELECT RAISE(ROLLBACK, 'not today'); END")
            }
        }
        try expectHarmless(store, code: .constraint) { tables in
            try tables.execute("INSERT INTO note (text) VALUES ('x')")
        }
    }

    @Test func `that hides a lost transaction cannot go on in autocommit`() throws {
        let store = try storeWithNotes()
        try expectHarmless(store, code: .transactionEnded) { tables in
            try tables.execute("INSERT INTO note (id, text) VALUES (1, 'x')")
            _ = try? tables.execute("INSERT OR ROLLBACK INTO note (id, text) VALUES (1, 'y')")
            _ = try? tables.execute("INSERT INTO note (id, text) VALUES (7, 'z')")
        }
        #expect(try notes(store).isEmpty)
    }

    @Test func `that runs past its deadline is stopped`() throws {
        let endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
        try expectHarmless(try storeWithNotes(), code: .deadline, deadlineSeconds: 0.05) { tables in
            _ = try tables.rows(endless)
        }
        try expectHarmless(try storeWithNotes(), code: .transactionEnded, deadlineSeconds: 0.05) { tables in
            _ = try? tables.execute("INSERT INTO note (id) \(endless)")
        }
        try expectHarmless(try storeWithNotes(), code: .deadline, deadlineSeconds: 0) { _ in }
    }

    @Test func `learns what is wrong with a statement`() throws {
        for (sql, values) in [
            ("INSERT INTO nowhere VALUES (1)", []), ("", []), ("SELECT 1; SELECT 2", []), ("SELECT ?1", []),
            ("SELECT 1", [1]), ("VACUUM", []), ("SELECT 1\u{0}", []), (String(repeating: " ", count: 70_000), []),
        ] as [(String, [SQLValue])] {
            try expectHarmless(try storeWithNotes(), code: .statement) { tables in
                _ = try tables.rows(sql, values)
            }
        }
        try expectHarmless(try storeWithNotes(), code: .constraint) { tables in
            try tables.execute("INSERT INTO note (text) VALUES ('a'), ('a')")
        }
        try expectHarmless(try storeWithNotes(), code: .limit) { tables in
            _ = try tables.rows(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT i FROM n")
        }
    }

    @Test func `may hide an error that kept the transaction`() throws {
        let store = try storeWithNotes()
        try store.write { transaction in
            try transaction.withModuleTables { tables in
                try tables.execute("INSERT INTO note (text) VALUES ('a')")
                _ = try? tables.execute("INSERT INTO note (text) VALUES ('a')")
            }
            try transaction.append(.sample(2))
        }
        #expect(try notes(store).count == 1)
    }
}
