import CSQLite
import Migrations
import WaybillCore

/// How SQLite finds the rows of one statement.
package struct QueryPlan: Sendable {
    package var sql: String
    /// SQLite's own words, one line per step.
    package var steps: [String]
}

extension Store {
    /// SQLite as it is loaded into this process: shown where an operator looks, since its version decides on its bugs.
    package static var sqliteVersion: String { String(cString: sqlite3_libversion()) }

    /// Why the library of this machine cannot be used; nil: it can. Tables that check the types of their values came
    /// with 3.37.
    package static var sqliteFault: String? {
        guard sqlite3_libversion_number() < 3_037_000 else { return nil }
        return "this machine has SQLite \(sqliteVersion), and 3.37 or newer is needed; on Debian it is in the package "
            + "libsqlite3-0"
    }

    /// The version of the files that this release writes.
    package static var schemaVersion: Int { migrations.count }

    /// The plan of every statement that the writer has used since the file was opened.
    package func queryPlans() throws -> [QueryPlan] {
        try writer.run { connection in
            try connection.preparedStatements.map { sql in
                QueryPlan(sql: sql, steps: try steps(of: sql, on: connection))
            }
        }
    }

    /// The text of every table and index, ordered by name; modules' own included.
    package func schema() throws -> [String] {
        try writer.run { connection in
            try connection.statement("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
                .all { columns in columns.text(0).string }
        }
    }

    /// The number of migrations that the file has seen.
    package func fileVersion() throws -> Int {
        try writer.run { connection in
            try connection.statement("PRAGMA user_version").first { columns in Int(columns.integer(0)) } ?? 0
        }
    }

    private func steps(of sql: String, on connection: Connection) throws(StoreFailure) -> [String] {
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(connection.handle, "EXPLAIN QUERY PLAN " + sql, -1, 0, &pointer, nil)
        guard code == SQLITE_OK, let pointer else { throw connection.failure(code) }
        defer { sqlite3_finalize(pointer) }
        return try Statement(pointer: pointer, connection: connection).all { columns in columns.text(3).string }
    }
}
