import Synchronization
import WaybillCore

/// The tables and indexes of the engine in a file, which must be those that its migrations make: a trigger of another's
/// making, or a changed text, would quietly change what every write does.
package enum FileSchema {
    /// Tests only: false where a trigger is to stand for a fault of the engine.
    @TaskLocal package static var isChecked = true

    /// One row of SQLite's table of tables.
    private struct Entry: Hashable {
        let type: String
        let name: String
        let table: String
        let sql: String?
    }

    /// Throws when the schema of a file of a version is not that version's. Modules' own tables are theirs.
    static func check(_ connection: Connection, version: Int, path: String) throws {
        guard isChecked else { return }
        let expected = try made(by: version)
        let found = try entries(connection)
        let tables = Set(expected.filter { $0.type == "table" }.map(\.name)).union(ModuleRights.engineTables)
        if let trigger = found.first(where: { $0.type == "trigger" && tables.contains($0.table.lowercased()) }) {
            throw failure(path, "the trigger \(trigger.name) on the table \(trigger.table) is not of its making")
        }
        let named = Dictionary(found.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for entry in expected.sorted(by: { $0.name < $1.name }) {
            guard let other = named[entry.name] else {
                throw failure(path, "the \(entry.type) \(entry.name) is missing")
            }
            guard other == entry else { throw failure(path, "the text of the \(entry.type) \(entry.name) has changed") }
        }
    }

    private static let known = Mutex<[Int: Set<Entry>]>([:])

    private static func made(by version: Int) throws -> Set<Entry> {
        if let entries = known.withLock({ $0[version] }) { return entries }
        let entries = try make(by: version)
        known.withLock { $0[version] = entries }
        return entries
    }

    private static func make(by version: Int) throws -> Set<Entry> {
        let writer = SerialConnection(try Connection(Connection.memory, for: .writing))
        defer { writer.close() }
        try Migrate.bring(writer, from: 0, to: version)
        return try writer.run { connection in Set(try entries(connection)) }
    }

    private static func entries(_ connection: Connection) throws(StoreFailure) -> [Entry] {
        try connection.statement("SELECT type, name, tbl_name, sql FROM sqlite_schema").all { columns in
            Entry(
                type: columns.text(0).string, name: columns.text(1).string, table: columns.text(2).string,
                sql: columns.optionalText(3)?.string)
        }
    }

    private static func failure(_ path: String, _ what: String) -> StoreFailure {
        StoreFailure(.damaged, "\(path) is damaged: \(what). Restore it from a backup.")
    }
}
