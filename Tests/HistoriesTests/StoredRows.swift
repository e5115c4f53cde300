import CSQLite
import Foundation
import WaybillCore

/// All that the tables of a file hold, read by SQLite and none of the product's code: a digest by table.
struct StoredRows: Equatable {
    private(set) var digests: [String: Int64] = [:]

    /// The tables whose rows are others in another file.
    func difference(_ other: StoredRows) -> [String] {
        Set(digests.keys).union(other.digests.keys).filter { digests[$0] != other.digests[$0] }.sorted()
    }

    /// - Parameter tables: nil: those that the file has.
    init(of path: String, tables: [String]? = nil) {
        var handle: OpaquePointer?
        let uri = "file:\(path)?immutable=1"
        defer { sqlite3_close_v2(handle) }
        guard sqlite3_open_v2(uri, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, nil) == SQLITE_OK else { return }
        let schema = Self.rows(handle, "SELECT type, name, tbl_name, sql FROM sqlite_schema")
        digests["sqlite_schema"] = schema.digest
        for table in tables ?? schema.tables {
            // By the table's own tree: what an index says otherwise, SQLite's check finds.
            digests[table] = Self.rows(handle, "SELECT * FROM \"\(table)\" NOT INDEXED").digest
        }
    }

    var tables: [String] { digests.keys.filter { $0 != "sqlite_schema" }.sorted() }

    private static func rows(_ handle: OpaquePointer?, _ sql: String) -> (digest: Int64, tables: [String]) {
        var digest = Digest()
        var tables: [String] = []
        var statement: OpaquePointer?
        defer { sqlite3_finalize(statement) }
        var code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        if code == SQLITE_OK { code = sqlite3_step(statement) }
        while code == SQLITE_ROW {
            for column in 0..<sqlite3_column_count(statement) {
                digest.add(Int64(sqlite3_column_type(statement, column)))
                let address = sqlite3_column_blob(statement, column)
                let count = Int(sqlite3_column_bytes(statement, column))
                digest.add(UnsafeRawBufferPointer(start: address, count: address == nil ? 0 : count))
            }
            if sqlite3_column_count(statement) == 4, text(statement, 0) == "table" { tables.append(text(statement, 1)) }
            code = sqlite3_step(statement)
        }
        digest.add(Int64(code))
        return (digest.value, tables)
    }

    private static func text(_ statement: OpaquePointer?, _ column: Int32) -> String {
        sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
    }
}
