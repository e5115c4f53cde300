import GRDB
import WaybillCore

/// How every connection is set up.
///
/// Two things SQLite offers are out of reach: its defensive mode is a variadic C function, which Swift cannot call; the
/// authorizer stands in for it, as modules' statements are the only ones that are not ours. Foreign keys stay off: a
/// module's key into a table of the engine could forbid the engine its own deletes.
enum Pragmas {
    /// Before anything is read: what a crafted file must not be able to do.
    static func distrust(_ database: Database) throws {
        try database.execute(
            sql: """
                PRAGMA trusted_schema = OFF;
                PRAGMA cell_size_check = ON;
                PRAGMA temp_store = MEMORY;
                """)
    }

    /// Only in an empty file: these cannot be changed later without rewriting it.
    static func format(_ connection: Connection, pageBytes: Int) throws(StoreFailure) {
        try connection.execute(
            """
            PRAGMA page_size = \(pageBytes);
            PRAGMA auto_vacuum = INCREMENTAL;
            """)
    }

    /// The writer: durable at each commit, and every checkpoint at a time of our choice.
    static func setUpWriter(_ connection: Connection, settings: StoreSettings, path: String) throws(StoreFailure) {
        // To the end, not to the first row: the change of the mode is a write, and its commit comes last.
        let mode = try connection.statement("PRAGMA journal_mode = WAL").all { columns in columns.text(0) }.first
        guard mode == "wal" else {
            throw StoreFailure(.cannotOpen, "\(path) cannot use a write-ahead log (its mode is \(mode ?? "unknown"))")
        }
        try connection.execute(
            """
            PRAGMA synchronous = \(settings.isDurable ? "FULL" : "OFF");
            PRAGMA journal_size_limit = \(settings.walBytesMax * 2);
            PRAGMA cache_size = -\(settings.writerCacheBytes / 1024);
            PRAGMA wal_autocheckpoint = 0;
            """)
    }

    static func setUpReader(_ database: Database, settings: StoreSettings) throws {
        try distrust(database)
        try database.execute(
            sql: """
                PRAGMA query_only = ON;
                PRAGMA cache_size = -\(settings.readerCacheBytes / 1024);
                """)
        _ = try Int64.fetchOne(database, sql: "PRAGMA wal_autocheckpoint = 0")
    }
}
