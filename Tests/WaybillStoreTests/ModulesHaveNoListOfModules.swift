import Testing
import WaybillCore
import WaybillStore

@Suite struct `The engine's list of modules` {
    private func store() throws -> Store {
        let store = try Store.inMemory()
        try store.write { transaction in _ = try transaction.keepModule("points", since: .noon) }
        return store
    }

    @Test(arguments: [
        "SELECT * FROM waybill_module", "DELETE FROM Waybill_Module", "UPDATE waybill_module SET name = 'x'",
        "INSERT INTO waybill_module VALUES ('y', 0, 1, 0)", "DROP TABLE waybill_module",
        "ALTER TABLE waybill_module ADD COLUMN x", "CREATE INDEX i ON waybill_module (name)",
        "CREATE TRIGGER t AFTER INSERT ON waybill_module BEGIN SELECT 1; END",
        // Its name of before stays taken.
        "CREATE TABLE module (name TEXT PRIMARY KEY) STRICT", "CREATE TABLE Module (x)",
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
        #expect(try store.read { try $0.moduleSince("points") } == .noon)
    }

    @Test func `has a row from the beginning of an installation, and says when it has ended`() throws {
        let store = try store()
        let later = Moment.noon.advanced(by: .hours(1))
        // Interrupted, and begun again: it hears of orders from where it did first.
        #expect(try !store.write { try $0.keepModule("points", since: later) })
        #expect(try store.read { try $0.moduleSince("points") } == .noon)
        try store.write { try $0.noteInstalled("points") }
        #expect(try store.write { try $0.keepModule("points", since: later) })
        #expect(try store.read { try $0.moduleSince("points") } == .noon)
        #expect(try store.read { try $0.moduleSince("cart") } == nil)
    }
}
