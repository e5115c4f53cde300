/// Skipping a value of any kind: unknown keys, and values that are checked elsewhere.
extension JSONReader {
    /// Skips one value; iterative, so that depth costs no stack.
    package mutating func skipValue(depthMax: Int = 64) throws(JSONProblem) {
        var closers: [UInt8] = []
        repeat {
            let kind = try peek()
            switch kind {
            case .object, .array:
                offset += 1
                guard closers.count < depthMax else { throw problem("nested deeper than \(depthMax)") }
                let closer = kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
                if take(closer) { break }
                closers.append(closer)
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
        skipSpace()
        let start = offset
        try skipValue()
        return Array(bytes[start..<offset])
    }

    /// After a value inside containers: closes those that end here, or moves on to the next element.
    private mutating func closeContainers(_ closers: inout [UInt8]) throws(JSONProblem) {
        while let closer = closers.last {
            if take(UInt8(ascii: ",")) {
                if closer == UInt8(ascii: "}") { try skipKey() }
                return
            }
            try expect(closer, closer == UInt8(ascii: "}") ? "\",\" or \"}\"" : "\",\" or \"]\"")
            closers.removeLast()
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
