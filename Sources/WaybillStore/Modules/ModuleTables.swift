import CSQLite
import WaybillCore

/// A module's own rows, in the same SQL write as a command: values bound in, rows out.
///
/// The engine's tables cannot be read or written through it, by no statement, view or trigger; nor can the write be
/// ended, nor a pragma be set. It is gone when the closure returns.
public struct ModuleTables: ~Copyable {
    /// Whose SQL the statements are written in.
    public enum Dialect: String, Sendable {
        case sqlite
    }

    /// How many rows one query answers at most.
    public static let rowsMax = 1_000
    /// How many bytes the text of one statement has at most.
    public static let statementBytesMax = 64 << 10

    private let connection: Connection
    private let deadline: Deadline

    // As ``Transaction``'s.
    @inline(never)
    init(_ connection: Connection, deadline: Deadline) {
        self.connection = connection
        self.deadline = deadline
    }

    public var dialect: Dialect { .sqlite }

    /// Runs one statement that returns no rows; answers how many rows it and its triggers changed.
    @discardableResult
    public func execute(_ sql: String, _ values: [SQLValue] = []) throws(StoreFailure) -> Int {
        let statement = try statement(sql)
        defer { connection.moduleStatements.put(back: statement) }
        try bind(values, to: Statement(pointer: statement, connection: connection), sql)
        let before = sqlite3_total_changes64(connection.handle)
        while try step(statement, sql) {}
        return Int(sqlite3_total_changes64(connection.handle) - before)
    }

    /// Runs one query; more than ``rowsMax`` rows are a failure, so ask for pages.
    public func rows(_ sql: String, _ values: [SQLValue] = []) throws(StoreFailure) -> [ModuleRow] {
        let statement = try statement(sql)
        defer { connection.moduleStatements.put(back: statement) }
        try bind(values, to: Statement(pointer: statement, connection: connection), sql)
        var columns: [String] = []
        var rows: [ModuleRow] = []
        while try step(statement, sql) {
            // Asked after the first step, in which SQLite prepares a kept statement of a changed table again.
            if rows.isEmpty { columns = Self.columns(of: statement) }
            guard rows.count < Self.rowsMax else {
                throw StoreFailure(.limit, "more than \(Self.rowsMax) rows; ask for them in pages: \(sql)")
            }
            let row = Columns(pointer: statement)
            rows.append(ModuleRow(columns: columns, values: columns.indices.map { row.value(Int32($0)) }))
        }
        return rows
    }

    private static func columns(of statement: OpaquePointer) -> [String] {
        (0..<sqlite3_column_count(statement)).map { index in
            sqlite3_column_name(statement, index).map { String(cString: $0) } ?? ""
        }
    }

    /// The statement of a text, prepared at its first use under these rights.
    private func statement(_ sql: String) throws(StoreFailure) -> OpaquePointer {
        if let lost = connection.lostTransaction { throw lost }
        try deadline.check()
        connection.guarding.forgetDenial()
        let mode = connection.guarding.mode
        if let kept = connection.moduleStatements.take(sql, mode) { return kept }
        let prepared = try prepare(sql)
        connection.moduleStatements.keep(prepared, for: sql, mode)
        return prepared
    }

    private func prepare(_ sql: String) throws(StoreFailure) -> OpaquePointer {
        var text = Array(sql.utf8)
        guard text.count <= Self.statementBytesMax, !text.contains(0) else {
            throw StoreFailure(.statement, "a statement has at most \(Self.statementBytesMax) bytes, and none is 0")
        }
        text.append(0)
        var pointer: OpaquePointer?
        var rest = 0
        let code = text.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            var tail: UnsafePointer<CChar>?
            let code = sqlite3_prepare_v3(connection.handle, start, Int32(buffer.count), 0, &pointer, &tail)
            if let start, let tail { rest = start.distance(to: tail) }
            return code
        }
        guard code == SQLITE_OK else { throw moduleFailure(code, sql) }
        guard let pointer else { throw StoreFailure(.statement, "there is no statement in '\(sql)'") }
        guard text[rest...].dropLast().allSatisfy(Self.isBlank) else {
            sqlite3_finalize(pointer)
            throw StoreFailure(.statement, "one statement at a time: \(sql)")
        }
        return pointer
    }

    private func bind(_ values: [SQLValue], to statement: Statement, _ sql: String) throws(StoreFailure) {
        let count = Int(sqlite3_bind_parameter_count(statement.pointer))
        guard count == values.count else {
            throw StoreFailure(.statement, "the statement has \(count) parameters, and \(values.count) values: \(sql)")
        }
        for (index, value) in values.enumerated() { statement.bind(Int32(index + 1), value) }
    }

    /// True: there is a row.
    private func step(_ statement: OpaquePointer, _ sql: String) throws(StoreFailure) -> Bool {
        let code = sqlite3_step(statement)
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw moduleFailure(code, sql)
        }
    }

    private func moduleFailure(_ code: Int32, _ sql: String) -> StoreFailure {
        let failure = connection.failure(code)
        if failure.code == .deadline { return deadline.failure }
        // SQLite has more than one code for what an authorizer denies.
        if let denial = connection.guarding.denial {
            return StoreFailure(.denied, "\(denial): \(sql)", sqliteCode: failure.sqliteCode)
        }
        return StoreFailure(failure.code, "\(failure.message): \(sql)", sqliteCode: failure.sqliteCode)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: ";") || (9...13).contains(byte)
    }
}

extension Columns {
    /// The value of a column, whatever its type.
    func value(_ index: Int32) -> SQLValue {
        switch sqlite3_column_type(pointer, index) {
        case SQLITE_INTEGER: .integer(integer(index))
        case SQLITE_FLOAT: .real(sqlite3_column_double(pointer, index))
        case SQLITE_TEXT: .text(text(index).string)
        case SQLITE_BLOB: .blob(bytes(index))
        default: .null
        }
    }
}

extension Statement {
    func bind(_ index: Int32, _ value: SQLValue) {
        switch value {
        case .null: bindNull(index)
        case .integer(let value): bind(index, value)
        case .real(let value): bind(index, value)
        case .text(let value): bind(index, text: Array(value.utf8))
        case .blob(let value): bind(index, blob: value)
        }
    }
}
