import WaybillCore

extension Store {
    /// The texts of the tables and indexes that a module makes in an empty file, by name.
    package static func schema(
        madeBy migrate: (borrowing ModuleTables) throws -> Void
    ) throws -> [String: String] {
        let writer = SerialConnection(try Connection(Connection.memory, for: .writing))
        defer { writer.close() }
        return try writer.write { transaction in
            try transaction.withModuleTables(purpose: .migration) { tables in try migrate(tables) }
            return try transaction.schema()
        }
    }
}

extension TableReader where Self: ~Copyable {
    /// The texts of all tables and indexes of the file, by name.
    package func schema() throws(StoreFailure) -> [String: String] {
        let rows = try query("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").all { columns in
            (columns.text(0).string, columns.text(1).string)
        }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }
}
