package import WaybillCore

/// One record of a CSV file: its fields without quotes, valid UTF-8, without NUL.
package struct CSVRecord: Sendable {
    /// The line on which it begins, from 1.
    package let line: Int
    /// The fields one after the other, each followed by a NUL, which no field can contain.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    init(line: Int) { self.line = line }

    package var fieldCount: Int { ends.count }
    var byteCount: Int { bytes.count }
    /// An empty line: one field with nothing in it.
    var isBlank: Bool { bytes.count == 1 && ends.count == 1 }
    var isValidUTF8: Bool { String(validating: bytes, as: UTF8.self) != nil }
    /// Whether nothing was read yet.
    var isUntouched: Bool { bytes.isEmpty }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func endField() {
        ends.append(bytes.count)
        bytes.append(0)
    }

    /// The bytes of a field; empty for one that is not there.
    package func field(_ index: Int) -> ArraySlice<UInt8> {
        guard ends.indices.contains(index) else { return [] }
        return bytes[(index == 0 ? 0 : ends[index - 1] + 1)..<ends[index]]
    }

    package func text(_ index: Int) -> Text { Text(String(decoding: field(index), as: UTF8.self)) }
}
