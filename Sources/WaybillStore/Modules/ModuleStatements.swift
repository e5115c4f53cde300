import CSQLite

/// The statements of modules that a connection has prepared, by their text and the rights that they were prepared
/// under: a module says the same few for every message, and to prepare one costs more than to run it.
///
/// SQLite prepares a kept statement again by itself when a table has changed, and asks the guard again as it does.
struct ModuleStatements {
    /// Statements that are kept; beyond it all are dropped, which only costs preparing them again.
    static let countMax = 256
    /// A longer text was put together for one use.
    static let textBytesMax = 4_096

    private struct Key: Hashable {
        let sql: String
        let mode: StatementGuard.Mode
    }

    private var kept: [Key: OpaquePointer] = [:]
    /// In use, and not to be kept.
    private var passing: OpaquePointer?

    /// A statement that was prepared earlier under the same rights.
    func take(_ sql: String, _ mode: StatementGuard.Mode) -> OpaquePointer? { kept[Key(sql: sql, mode: mode)] }

    /// Takes in a statement that was prepared just now; only rows are changed often, so migrations' pass by.
    mutating func keep(_ statement: OpaquePointer, for sql: String, _ mode: StatementGuard.Mode) {
        guard mode != .moduleMigration, sql.utf8.count <= Self.textBytesMax else {
            passing = statement
            return
        }
        if kept.count >= Self.countMax { finalize() }
        kept[Key(sql: sql, mode: mode)] = statement
    }

    /// After use: a statement that stays is freed of its values and of its place in the table.
    mutating func put(back statement: OpaquePointer) {
        if passing == statement {
            passing = nil
            sqlite3_finalize(statement)
        } else {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
    }

    /// Must come before the connection is closed.
    mutating func finalize() {
        for statement in kept.values { sqlite3_finalize(statement) }
        kept = [:]
    }

    var texts: [String] { kept.keys.map(\.sql) }
}
