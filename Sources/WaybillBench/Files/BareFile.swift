import CSQLite
import WaybillStore

/// A file with the engine's tables and settings, written by a bare loop.
final class BareFile {
    let connection: BareConnection
    private let begin: BareStatement
    private let commit: BareStatement

    /// Rows of a table that are compared; more take longer than what is measured.
    private static let comparedMax = 1_000

    /// As many bytes of WAL as the engine gathers under load before it brings them home.
    private static let checkpointPages = StoreSettings().passiveCheckpointBytes.max / (4_096 + 24)

    init(_ file: ScratchFile) throws {
        // Migrations call functions that only the engine's connections have.
        try Store.open(file.path).close()
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
        begin = try connection.prepare("BEGIN IMMEDIATE")
        commit = try connection.prepare("COMMIT")
    }

    /// Copies rows into the file, before the clock runs.
    func copy(_ select: String, from source: BareConnection, _ insert: String) throws {
        let rows = try BareRows(select, from: source)
        let statement = try connection.prepare(insert)
        try write {
            try rows.withBinder { binder in
                for row in 0..<rows.count {
                    binder.bind(row: row, to: statement)
                    try statement.run()
                }
            }
        }
    }

    /// Whether the file has the rows that the engine's has: all are counted, the first are compared. A loop that writes
    /// other rows is no limit of anything.
    ///
    /// - Parameter selects: each gives rows in an order of their own.
    func expect(_ selects: [String], asIn source: BareConnection) throws {
        for select in selects {
            let count = try connection.integer("SELECT count(*) FROM (\(select))")
            let expected = try source.integer("SELECT count(*) FROM (\(select))")
            guard count == expected else {
                throw BenchmarkFailure("the bare loop has written \(count) rows, the engine \(expected): \(select)")
            }
            let first = "\(select) LIMIT \(Self.comparedMax)"
            guard try BareRows(first, from: connection) == BareRows(first, from: source) else {
                throw BenchmarkFailure("the bare loop has written other rows than the engine: \(select)")
            }
        }
    }

    /// One durable write.
    func write(_ body: () throws -> Void) throws {
        try begin.run()
        try body()
        try commit.run()
    }
}
