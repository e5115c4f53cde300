import CSQLite

/// Rows of one table in memory, ready to be bound as they are: copied from a file before the clock runs.
struct BareRows: Equatable {
    fileprivate enum Cell: Equatable {
        case null
        case integer(Int64)
        case text(offset: Int, count: Int)
        case blob(offset: Int, count: Int)
    }

    private let columnCount: Int
    private var cells: [Cell] = []
    private var bytes: [UInt8] = []

    var count: Int { columnCount == 0 ? 0 : cells.count / columnCount }

    /// Reads what `sql` selects.
    init(_ sql: String, from connection: BareConnection, binding parameters: [Int64] = []) throws {
        let statement = try connection.prepare(sql)
        for (index, value) in parameters.enumerated() { sqlite3_bind_int64(statement.pointer, Int32(index + 1), value) }
        columnCount = Int(sqlite3_column_count(statement.pointer))
        while true {
            let code = sqlite3_step(statement.pointer)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw connection.failure(sql) }
            for column in 0..<Int32(columnCount) { cells.append(read(statement.pointer, column)) }
        }
    }

    private mutating func read(_ row: OpaquePointer, _ column: Int32) -> Cell {
        let type = sqlite3_column_type(row, column)
        switch type {
        case SQLITE_NULL: return .null
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(row, column))
        default:
            let address = sqlite3_column_blob(row, column)
            let count = Int(sqlite3_column_bytes(row, column))
            let offset = bytes.count
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: address, count: count))
            return type == SQLITE_BLOB ? .blob(offset: offset, count: count) : .text(offset: offset, count: count)
        }
    }

    /// Runs `body` with the rows' bytes at an address that stays.
    func withBinder<Result>(_ body: (Binder) throws -> Result) rethrows -> Result {
        try cells.withUnsafeBufferPointer { cells in
            try bytes.withUnsafeBufferPointer { bytes in
                try body(Binder(columnCount: columnCount, cells: cells, bytes: bytes))
            }
        }
    }

    /// Runs `body` with the rows of several tables at addresses that stay.
    static func withBinders<Result>(of tables: [BareRows], _ body: ([Binder]) throws -> Result) rethrows -> Result {
        try withBinders(of: tables[...], [], body)
    }

    private static func withBinders<Result>(
        of tables: ArraySlice<BareRows>, _ binders: [Binder], _ body: ([Binder]) throws -> Result
    ) rethrows -> Result {
        guard let first = tables.first else { return try body(binders) }
        return try first.withBinder { try withBinders(of: tables.dropFirst(), binders + [$0], body) }
    }

    /// Binds rows in place, without a copy.
    struct Binder {
        fileprivate let columnCount: Int
        fileprivate let cells: UnsafeBufferPointer<Cell>
        fileprivate let bytes: UnsafeBufferPointer<UInt8>

        func bind(row: Int, to statement: BareStatement) {
            for column in 0..<columnCount {
                let index = Int32(column + 1)
                switch cells[row * columnCount + column] {
                case .null: sqlite3_bind_null(statement.pointer, index)
                case .integer(let value): sqlite3_bind_int64(statement.pointer, index, value)
                case .text(let offset, let count):
                    UnsafeRawPointer(address(offset)).withMemoryRebound(to: CChar.self, capacity: count) { text in
                        _ = sqlite3_bind_text(statement.pointer, index, text, Int32(count), nil)
                    }
                case .blob(let offset, let count):
                    sqlite3_bind_blob(statement.pointer, index, address(offset), Int32(count), nil)
                }
            }
        }

        /// The address of some bytes; of none, any address that is not null, which SQLite would take for NULL.
        private func address(_ offset: Int) -> UnsafePointer<UInt8> {
            guard let base = bytes.baseAddress else { return UnsafePointer(("" as StaticString).utf8Start) }
            return base + offset
        }
    }
}
