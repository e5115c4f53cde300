/// The bytes of a file by lines, to find places again that the YAML parser no longer knows.
struct SourceText {
    let bytes: [UInt8]
    private let lineStarts: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var starts = [0]
        var index = 0
        while index < bytes.count {
            let length = Self.breakLength(bytes, at: index)
            index += max(length, 1)
            if length > 0 { starts.append(index) }
        }
        lineStarts = starts
    }

    /// The length of the line break that starts here, by YAML's rules; 0: none.
    private static func breakLength(_ bytes: [UInt8], at index: Int) -> Int {
        func byte(_ ahead: Int) -> UInt8 { index + ahead < bytes.count ? bytes[index + ahead] : 0 }
        switch byte(0) {
        case 0x0A: return 1
        case 0x0D: return byte(1) == 0x0A ? 2 : 1
        case 0xC2: return byte(1) == 0x85 ? 2 : 0
        case 0xE2: return byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9) ? 3 : 0
        default: return 0
        }
    }

    /// The index of the first byte at a place; the end of the text for places beyond it.
    func index(of place: Place) -> Int {
        guard place.line >= 1, place.line <= lineStarts.count else { return bytes.count }
        var index = lineStarts[place.line - 1]
        var column = 1
        while column < place.column, index < bytes.count {
            index += 1
            while index < bytes.count, bytes[index] & 0xC0 == 0x80 { index += 1 }
            column += 1
        }
        return index
    }

    /// The place of a byte.
    func place(of index: Int) -> Place {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= index { low = middle } else { high = middle }
        }
        let scalars = bytes[lineStarts[low]..<min(max(index, lineStarts[low]), bytes.count)]
            .count { $0 & 0xC0 != 0x80 }
        return Place(line: low + 1, column: scalars + 1)
    }
}
