import GRDBSQLite
import Migrations
import WaybillStore

/// A file with the engine's tables and settings, written by a bare loop.
final class BareFile {
    let connection: BareConnection
    private let begin: BareStatement
    private let commit: BareStatement

    /// As many bytes of WAL as the engine gathers under load before it brings them home.
    private static let checkpointPages = StoreSettings().passiveCheckpointBytes.max / (4_096 + 24)

    init(_ file: ScratchFile) throws {
        connection = try BareConnection(file.path)
        try connection.execute(
            """
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA page_size = 4096;
            PRAGMA auto_vacuum = INCREMENTAL;
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA cache_size = -65536;
            PRAGMA wal_autocheckpoint = \(Self.checkpointPages);
            """)
        for migration in migrations { try connection.execute(String(decoding: migration, as: UTF8.self)) }
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
    }

    /// One durable write.
    func write(_ body: () throws -> Void) throws {
        try begin.run()
        try body()
        try commit.run()
    }
}
