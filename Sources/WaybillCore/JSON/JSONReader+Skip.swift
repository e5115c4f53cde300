/// Skipping a value of any kind: unknown keys, and values that are checked elsewhere.
extension JSONReader {
    /// Skips one value; iterative, so that depth costs no stack.
    package mutating func skipValue(depthMax: Int = 64) throws(JSONProblem) {
        var closers = OpenContainers()
        repeat {
            let kind = try peek()
            switch kind {
            case .object, .array:
                offset += 1
                guard closers.count < min(depthMax, OpenContainers.countMax) else {
                    throw problem("nested deeper than \(min(depthMax, OpenContainers.countMax))")
                }
                if take(kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")) { break }
                closers.open(isObject: kind == .object)
                if kind == .object { try skipKey() }
                continue
            case .text: try skipText()
            case .number: try skipNumber()
            case .bool: _ = try bool()
            case .null: guard takeNull() else { throw problem("expected null") }
            }
            try closeContainers(&closers)
        } while !closers.isEmpty
    }

    /// The bytes of the next value as they stand, for a value that another reader will read.
    package mutating func rawValue() throws(JSONProblem) -> [UInt8] {
        var value: [UInt8] = []
        try rawValue(into: &value)
        return value
    }

    /// Puts the bytes of the next value into `value`, whose storage is used again.
    mutating func rawValue(into value: inout [UInt8]) throws(JSONProblem) {
        skipSpace()
        let start = offset
        try skipValue()
        value.removeAll(keepingCapacity: true)
        value.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<offset]))
    }

    /// Decodes the next value, and puts its bytes into `copy` as they stand.
    mutating func value(of type: RecordType, into copy: inout [UInt8]) throws(JSONProblem) -> [Value] {
        skipSpace()
        let start = offset
        let value = try type.decode(&self)
        copy.removeAll(keepingCapacity: true)
        copy.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<offset]))
        return value
    }

    /// After a value inside containers: closes those that end here, or moves on to the next element.
    private mutating func closeContainers(_ closers: inout OpenContainers) throws(JSONProblem) {
        while !closers.isEmpty {
            if take(UInt8(ascii: ",")) {
                if closers.isObject { try skipKey() }
                return
            }
            if closers.isObject {
                try expect(UInt8(ascii: "}"), "\",\" or \"}\"")
            } else {
                try expect(UInt8(ascii: "]"), "\",\" or \"]\"")
            }
            closers.close()
        }
    }

    private mutating func skipKey() throws(JSONProblem) {
        try skipText()
        try expect(UInt8(ascii: ":"), "\":\" after a key")
    }

    /// A text without escapes or letters beyond ASCII is only passed over; any other is read, which checks it.
    private mutating func skipText() throws(JSONProblem) {
        skipSpace()
        let start = offset
        guard take(UInt8(ascii: "\"")) else { throw problem("expected a text in double quotes") }
        while offset < bytes.count, case let byte = bytes[offset], (0x20..<0x80).contains(byte),
            byte != UInt8(ascii: "\\")
        {
            offset += 1
            if byte == UInt8(ascii: "\"") { return }
        }
        offset = start
        _ = try text()
    }

    /// `-` and digits, then perhaps a fraction and an exponent.
    private mutating func skipNumber() throws(JSONProblem) {
        _ = takeAdjacent("-")
        let leading = offset
        try skipDigits()
        guard offset - leading == 1 || bytes[leading] != UInt8(ascii: "0") else {
            throw problem("a number must not start with 0")
        }
        if takeAdjacent(".") { try skipDigits() }
        if takeAdjacent("e") || takeAdjacent("E") {
            if !takeAdjacent("+") { _ = takeAdjacent("-") }
            try skipDigits()
        }
    }

    /// One digit at least.
    private mutating func skipDigits() throws(JSONProblem) {
        let start = offset
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        guard offset > start else { throw problem("expected a digit") }
    }

    /// Takes a byte without skipping space before it.
    private mutating func takeAdjacent(_ scalar: Unicode.Scalar) -> Bool {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: scalar) else { return false }
        offset += 1
        return true
    }
}

/// The containers around a value, one bit for each, the innermost lowest; an array would be made for each value.
private struct OpenContainers {
    static let countMax = 64
    private var objects: UInt64 = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    /// Whether the innermost is an object.
    var isObject: Bool { objects & 1 == 1 }

    mutating func open(isObject: Bool) {
        objects = objects << 1 | (isObject ? 1 : 0)
        count += 1
    }

    mutating func close() {
        objects >>= 1
        count -= 1
    }
}
