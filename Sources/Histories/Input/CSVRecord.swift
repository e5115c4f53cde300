package import WaybillCore

/// One record of a CSV file: its fields without quotes, valid UTF-8, without NUL.
package struct CSVRecord: Sendable {
    /// The line on which it begins, from 1.
    package let line: Int
    /// The fields one after the other, each followed by a NUL, which no field can contain.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    /// Where each field begins in its file.
    private var places: [(line: Int, column: Int)] = []

    init(line: Int) { self.line = line }

    package var fieldCount: Int { ends.count }
    var byteCount: Int { bytes.count }
    /// An empty line: one field with nothing in it.
    var isBlank: Bool { bytes.count == 1 && ends.count == 1 }
    var isValidUTF8: Bool { String(validating: bytes, as: UTF8.self) != nil }
    /// Whether nothing was read yet.
    var isUntouched: Bool { bytes.isEmpty }

    /// Where a field begins, quote included; of one that is not there, the record's beginning.
    func place(_ index: Int) -> (line: Int, column: Int) { places.indices.contains(index) ? places[index] : (line, 1) }

    /// Of the first field that is not UTF-8.
    var firstInvalidPlace: (line: Int, column: Int) {
        place((0..<fieldCount).first { String(validating: field($0), as: UTF8.self) == nil } ?? 0)
    }

    mutating func beginField(line: Int, column: Int) { places.append((line, column)) }

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
