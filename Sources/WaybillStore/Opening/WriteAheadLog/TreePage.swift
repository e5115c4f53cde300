/// A page of a table's b-tree, as SQLite documents it. Whatever the bytes say, it answers or says nil.
struct TreePage {
    enum Kind { case inner, leaf }

    let kind: Kind
    private let bytes: [UInt8]
    private let start: Int
    let cellCount: Int

    /// Nil when the page is not one of a table's tree. On the first page of a file the tree begins behind its header.
    init?(_ bytes: [UInt8], isFirst: Bool) {
        start = isFirst ? 100 : 0
        guard bytes.count >= start + 12 else { return nil }
        switch bytes[start] {
        case 5: kind = .inner
        case 13: kind = .leaf
        default: return nil
        }
        cellCount = Int(bytes[start + 3]) << 8 | Int(bytes[start + 4])
        let pointers = start + (kind == .inner ? 12 : 8)
        guard pointers + 2 * cellCount <= bytes.count else { return nil }
        self.bytes = bytes
    }

    /// The child with the greatest rows.
    var rightMost: UInt32 { number32(at: start + 8) ?? 0 }

    /// All children of an inner page.
    var children: [UInt32] { (0..<cellCount).compactMap { number32(at: offset(of: $0)) } + [rightMost] }

    /// A cell of a leaf: its row number, and as much of its payload as lies on the page.
    func cell(_ index: Int) -> (row: Int64, payload: ArraySlice<UInt8>)? {
        guard kind == .leaf, index < cellCount else { return nil }
        var reader = VarintReader(bytes[min(offset(of: index), bytes.count)...])
        guard let size = reader.next(), let row = reader.next(), size >= 0 else { return nil }
        return (row, reader.rest.prefix(Int(clamping: size)))
    }

    private func offset(of index: Int) -> Int {
        let pointer = start + (kind == .inner ? 12 : 8) + 2 * index
        return Int(bytes[pointer]) << 8 | Int(bytes[pointer + 1])
    }

    private func number32(at offset: Int) -> UInt32? {
        guard offset >= 0, offset + 4 <= bytes.count else { return nil }
        return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// Reads SQLite's numbers of one to nine bytes one after the other.
struct VarintReader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// Nil when the bytes end before the number does.
    mutating func next() -> Int64? {
        var value: UInt64 = 0
        for place in 0..<9 {
            guard let byte = rest.popFirst() else { return nil }
            if place == 8 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte < 0x80 { return Int64(bitPattern: value) }
        }
        return nil
    }
}

/// The columns of a row of `sqlite_schema` that come before its text.
struct SchemaColumns {
    let type: String
    let name: String
    let root: UInt32

    /// Nil when the bytes are no such row.
    init?(_ payload: ArraySlice<UInt8>) {
        var header = VarintReader(payload)
        guard let size = header.next(), size > 0, size <= payload.count else { return nil }
        var values = payload.dropFirst(Int(size))
        var columns: [ArraySlice<UInt8>] = []
        for _ in 0..<4 {
            guard let serial = header.next(), let length = Self.length(serial), length <= values.count else {
                return nil
            }
            columns.append(values.prefix(length))
            values = values.dropFirst(length)
        }
        type = String(decoding: columns[0], as: UTF8.self)
        name = String(decoding: columns[1], as: UTF8.self)
        root = columns[3].suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// How many bytes a value of a serial type has; nil: more than a row of this table.
    private static func length(_ serial: Int64) -> Int? {
        switch serial {
        case 0, 8, 9: 0
        case 1...4: Int(serial)
        case 5: 6
        case 6, 7: 8
        case 12...100_000: Int(serial - 12) / 2
        default: nil
        }
    }
}
