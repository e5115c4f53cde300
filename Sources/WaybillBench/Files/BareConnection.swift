import CSQLite

/// A connection to SQLite with nothing in between: what the limits are measured with.
///
/// The file's tables and indexes come from the migrations, its settings are those of the engine's writer.
final class BareConnection {
    let handle: OpaquePointer

    init(_ path: String, readOnly: Bool = false) throws {
        var opened: OpaquePointer?
        let flags = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let code = sqlite3_open_v2(path, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard let opened else { throw BenchmarkFailure("SQLite has no memory to open \(path)") }
        handle = opened
        guard code == SQLITE_OK else { throw failure("open \(path)") }
    }

    deinit { sqlite3_close_v2(handle) }

    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
    }

    func prepare(_ sql: String) throws -> BareStatement {
        var pointer: OpaquePointer?
        guard sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil) == SQLITE_OK,
            let pointer
        else { throw failure(sql) }
        return BareStatement(pointer, of: self)
    }

    /// The first column of the first row.
    func integer(_ sql: String) throws -> Int64 {
        let statement = try prepare(sql)
        guard sqlite3_step(statement.pointer) == SQLITE_ROW else { throw failure(sql) }
        return sqlite3_column_int64(statement.pointer, 0)
    }

    func failure(_ what: String) -> BenchmarkFailure {
        BenchmarkFailure("\(what): \(String(cString: sqlite3_errmsg(handle)))")
    }
}

/// A prepared statement of a ``BareConnection``.
final class BareStatement {
    let pointer: OpaquePointer
    private let connection: BareConnection

    init(_ pointer: OpaquePointer, of connection: BareConnection) {
        self.pointer = pointer
        self.connection = connection
    }

    deinit { sqlite3_finalize(pointer) }

    func run() throws {
        let code = sqlite3_step(pointer)
        sqlite3_reset(pointer)
        guard code == SQLITE_DONE else { throw connection.failure("step") }
    }
}
