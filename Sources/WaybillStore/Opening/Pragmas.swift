import CSQLite
import WaybillCore

/// How every connection is set up.
///
/// Foreign keys stay off: a module's key into a table of the engine could forbid the engine its own deletes.
enum Pragmas {
    /// Before anything is read: what a crafted file must not be able to do.
    static func distrust(_ connection: Connection) throws(StoreFailure) {
        for (option, isOn): (Int32, Int32) in [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_ENABLE_FKEY, 0),
            // A misspelled column in double quotes is a mistake, and no text.
            (SQLITE_DBCONFIG_DQS_DDL, 0), (SQLITE_DBCONFIG_DQS_DML, 0),
        ] {
            let code = csqlite_switch(connection.handle, option, isOn)
            guard code == SQLITE_OK else { throw connection.failure(code) }
        }
        try connection.execute(
            """
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

    static func setUpReader(_ connection: Connection, settings: StoreSettings) throws(StoreFailure) {
        try connection.execute(
            """
            PRAGMA query_only = ON;
            PRAGMA cache_size = -\(settings.readerCacheBytes / 1024);
            PRAGMA wal_autocheckpoint = 0;
            """)
    }
}
