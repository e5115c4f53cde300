import CSQLite
import WaybillCore

/// `row_digest(...)` in SQL: 64 bits over the values of a row, of whatever number and kind.
///
/// Rows that nothing else implies carry it in a separate column, so that ``Snapshot/damagedRows(of:limit:)``
/// finds what a disk has changed. The value is part of the file format: never change it, add another.
enum RowDigest {
    static func install(on handle: OpaquePointer) -> Int32 {
        sqlite3_create_function_v2(
            handle, "row_digest", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nil,
            { context, count, values in
                var digest = Digest()
                for index in 0..<Int(count) { digest.add(sqlValue: values?[index]) }
                sqlite3_result_int64(context, digest.value)
            }, nil, nil, nil)
    }
}

extension Digest {
    /// A value where SQLite holds it. Kinds differ: a text and a blob of the same bytes are two things.
    fileprivate mutating func add(sqlValue value: OpaquePointer?) {
        switch sqlite3_value_type(value) {
        case SQLITE_INTEGER:
            add(sqlite3_value_int64(value))
        case SQLITE_TEXT:
            addBytes(of: value)
        case SQLITE_BLOB:
            add(1)
            addBytes(of: value)
        case SQLITE_FLOAT:
            add(2)
            add(Int64(bitPattern: sqlite3_value_double(value).bitPattern))
        default:
            add(nil)
        }
    }

    private mutating func addBytes(of value: OpaquePointer?) {
        // The address first: asking for it may be what makes the bytes.
        let address = sqlite3_value_blob(value)
        add(UnsafeRawBufferPointer(start: address, count: address == nil ? 0 : Int(sqlite3_value_bytes(value))))
    }
}
