import CSQLite
import WaybillCore

/// The columns of the row at hand, from 0. Valid until the statement steps on.
struct Columns {
    let pointer: OpaquePointer

    func isNull(_ index: Int32) -> Bool { sqlite3_column_type(pointer, index) == SQLITE_NULL }

    func isInteger(_ index: Int32) -> Bool { sqlite3_column_type(pointer, index) == SQLITE_INTEGER }

    /// Whether it is a text whose bytes are those of what ``text(_:)`` makes of it.
    func isExactText(_ index: Int32) -> Bool {
        guard sqlite3_column_type(pointer, index) == SQLITE_TEXT else { return false }
        let text = text(index)
        return withBytes(index) { stored in
            text.withBytes { bytes in bytes.count == stored.count && zip(bytes, stored).allSatisfy { $0 == $1 } }
        }
    }

    func integer(_ index: Int32) -> Int64 { sqlite3_column_int64(pointer, index) }
    func optionalInteger(_ index: Int32) -> Int64? { isNull(index) ? nil : integer(index) }

    func moment(_ index: Int32) -> Moment { Moment(milliseconds: integer(index)) }
    func optionalMoment(_ index: Int32) -> Moment? { isNull(index) ? nil : moment(index) }

    func position(_ index: Int32) -> Position { Position(integer(index)) }
    func optionalPosition(_ index: Int32) -> Position? { isNull(index) ? nil : position(index) }

    func stream(_ index: Int32) -> StreamNumber { StreamNumber(integer(index)) }
    func optionalStream(_ index: Int32) -> StreamNumber? { isNull(index) ? nil : stream(index) }

    func text(_ index: Int32) -> Text {
        // sqlite3_column_text first: it may convert, and only then is the byte count that of the text.
        guard let address = sqlite3_column_text(pointer, index) else { return "" }
        return Text(decoding: UnsafeRawBufferPointer(start: address, count: byteCount(index)))
    }

    func optionalText(_ index: Int32) -> Text? { isNull(index) ? nil : text(index) }

    /// The bytes of a TEXT or BLOB column.
    func bytes(_ index: Int32) -> [UInt8] {
        guard let address = sqlite3_column_blob(pointer, index) else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: address, count: byteCount(index)))
    }

    /// The bytes of a TEXT or BLOB column where they lie.
    func withBytes<Result>(_ index: Int32, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let address = sqlite3_column_blob(pointer, index)
        return try body(UnsafeRawBufferPointer(start: address, count: address == nil ? 0 : byteCount(index)))
    }

    func optionalBytes(_ index: Int32) -> [UInt8]? { isNull(index) ? nil : bytes(index) }

    private func byteCount(_ index: Int32) -> Int { Int(sqlite3_column_bytes(pointer, index)) }
}
