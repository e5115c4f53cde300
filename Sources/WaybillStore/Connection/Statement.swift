import CSQLite
import WaybillCore

/// A prepared statement in use by one verb: bind every parameter, then step. Parameters and columns count from 1 and 0.
struct Statement {
    let pointer: OpaquePointer
    unowned(unsafe) let connection: Connection

    /// SQLite copies what it is given: Swift keeps short strings in registers, so their bytes have no lasting address.
    private static let copied = unsafeBitCast(-1 as Int, to: sqlite3_destructor_type.self)

    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(pointer, index, value) }

    func bind(_ index: Int32, _ value: Int64?) {
        if let value { sqlite3_bind_int64(pointer, index, value) } else { sqlite3_bind_null(pointer, index) }
    }

    func bind(_ index: Int32, _ value: Double) { sqlite3_bind_double(pointer, index, value) }
    func bind(_ index: Int32, _ value: Moment) { sqlite3_bind_int64(pointer, index, value.milliseconds) }
    func bind(_ index: Int32, _ value: Moment?) { bind(index, value?.milliseconds) }
    func bind(_ index: Int32, _ value: Position) { sqlite3_bind_int64(pointer, index, value.number) }
    func bind(_ index: Int32, _ value: Position?) { bind(index, value?.number) }
    func bind(_ index: Int32, _ value: StreamNumber) { sqlite3_bind_int64(pointer, index, value.number) }
    func bind(_ index: Int32, _ value: StreamNumber?) { bind(index, value?.number) }

    func bind(_ index: Int32, _ value: Text) {
        _ = value.withBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                // An empty string has no address, and SQLite takes a null address for NULL.
                sqlite3_bind_text64(
                    pointer, index, characters.baseAddress ?? Self.empty, UInt64(characters.count), Self.copied,
                    UInt8(SQLITE_UTF8))
            }
        }
    }

    func bind(_ index: Int32, _ value: Text?) {
        if let value { bind(index, value) } else { sqlite3_bind_null(pointer, index) }
    }

    func bind(_ index: Int32, _ value: some Identifier) { bind(index, value.text) }

    func bindNull(_ index: Int32) { sqlite3_bind_null(pointer, index) }

    /// Binds UTF-8 bytes as TEXT.
    func bind(_ index: Int32, text bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            _ = sqlite3_bind_text64(
                pointer, index, buffer.baseAddress?.assumingMemoryBound(to: CChar.self) ?? Self.empty,
                UInt64(buffer.count), Self.copied, UInt8(SQLITE_UTF8))
        }
    }

    /// Binds any bytes as BLOB.
    func bind(_ index: Int32, blob bytes: [UInt8]?) {
        guard let bytes else { return bindNull(index) }
        bytes.withUnsafeBytes { buffer in
            guard let address = buffer.baseAddress, !buffer.isEmpty else {
                _ = sqlite3_bind_zeroblob(pointer, index, 0)
                return
            }
            _ = sqlite3_bind_blob64(pointer, index, address, UInt64(buffer.count), Self.copied)
        }
    }

    /// Runs a statement that returns no rows, and answers how many rows it changed.
    @discardableResult
    func run() throws(StoreFailure) -> Int {
        let code = sqlite3_step(pointer)
        sqlite3_reset(pointer)
        guard code == SQLITE_DONE else { throw connection.failure(code) }
        return Int(sqlite3_changes(connection.handle))
    }

    /// Runs with one long text bound in place, which spares SQLite a copy: it is read during the step only.
    func run(binding index: Int32, text bytes: [UInt8]) throws(StoreFailure) {
        let code = bytes.withUnsafeBytes { buffer in
            _ = sqlite3_bind_text64(
                pointer, index, buffer.baseAddress?.assumingMemoryBound(to: CChar.self) ?? Self.empty,
                UInt64(buffer.count), nil, UInt8(SQLITE_UTF8))
            let code = sqlite3_step(pointer)
            sqlite3_reset(pointer)
            // The bytes go away with this closure, and their address must not outlive them.
            sqlite3_bind_null(pointer, index)
            return code
        }
        guard code == SQLITE_DONE else { throw connection.failure(code) }
    }

    /// The first row as `read` sees it, or nil.
    func first<Row>(_ read: (Columns) throws(StoreFailure) -> Row) throws(StoreFailure) -> Row? {
        defer { sqlite3_reset(pointer) }
        let code = sqlite3_step(pointer)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw connection.failure(code) }
        return try read(Columns(pointer: pointer))
    }

    /// Every row as `read` sees it. The statement's LIMIT bounds them.
    func all<Row>(_ read: (Columns) throws(StoreFailure) -> Row) throws(StoreFailure) -> [Row] {
        defer { sqlite3_reset(pointer) }
        var rows: [Row] = []
        while true {
            let code = sqlite3_step(pointer)
            if code == SQLITE_DONE { return rows }
            guard code == SQLITE_ROW else { throw connection.failure(code) }
            rows.append(try read(Columns(pointer: pointer)))
        }
    }

    /// Shows each row to `body` and answers how many there were.
    func forEach(_ body: (Columns) throws -> Void) throws -> Int {
        defer { sqlite3_reset(pointer) }
        var count = 0
        while true {
            let code = sqlite3_step(pointer)
            if code == SQLITE_DONE { return count }
            guard code == SQLITE_ROW else { throw connection.failure(code) }
            try body(Columns(pointer: pointer))
            count += 1
        }
    }

    private static var empty: UnsafePointer<CChar> {
        UnsafeRawPointer(("" as StaticString).utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
