import Testing
import WaybillStore

@Suite struct `The engine's list of modules` {
    private func store() throws -> Store {
        let store = try Store.inMemory()
        try store.write { transaction in
            try transaction.withModuleTables(purpose: .registry) { tables in
                try tables.execute("CREATE TABLE module (name TEXT PRIMARY KEY) STRICT")
                try tables.execute("INSERT INTO module VALUES ('points')")
            }
        }
        return store
    }

    @Test(arguments: [
        "SELECT * FROM module", "DELETE FROM Module", "UPDATE module SET name = 'x'", "INSERT INTO module VALUES ('y')",
        "DROP TABLE module", "ALTER TABLE module ADD COLUMN x", "CREATE INDEX i ON module (name)",
        "CREATE TRIGGER t AFTER INSERT ON module BEGIN SELECT 1; END",
    ])
    func `cannot be touched by a module`(sql: String) throws {
        let store = try store()
        for purpose in [Transaction.ModulePurpose.rows, .migration] {
            let thrown = failure {
                try store.write { transaction in
                    try transaction.withModuleTables(purpose: purpose) { tables in _ = try tables.rows(sql) }
                }
            }
            #expect(thrown?.code == .denied)
        }
        let names = try store.read { rows in
            try rows.withModuleRegistry { tables in try tables.rows("SELECT name FROM module").map(\.values) }
        }
        #expect(names == [["points"]])
    }

    @Test func `gives no right to other tables of the engine`() throws {
        let store = try store()
        let thrown = failure {
            try store.read { rows in
                try rows.withModuleRegistry { tables in _ = try tables.rows("SELECT * FROM event") }
            }
        }
        #expect(thrown?.code == .denied)
    }
}
