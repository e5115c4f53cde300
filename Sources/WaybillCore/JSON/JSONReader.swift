/// What is wrong with a JSON text, and where.
package struct JSONProblem: Error, Hashable, Sendable {
    /// The byte at which it was found.
    package let offset: Int
    package let message: String
    /// The place by names, for example `lines[2].qty`, where the reader knows the type; else empty.
    package let path: String

    package init(offset: Int, message: String, path: String = "") {
        self.offset = offset
        self.message = message
        self.path = path
    }
}

/// Reads JSON value by value, without a tree in between. Strict RFC 8259; every bound is checked, nothing traps.
///
/// The reader points into the caller's bytes, so it lives only inside `read`.
package struct JSONReader {
    let bytes: UnsafeBufferPointer<UInt8>
    package internal(set) var offset = 0

    /// Runs `body` with a reader over `bytes` and checks that nothing follows the value that it reads.
    package static func read<Result>(
        _ bytes: [UInt8], _ body: (inout JSONReader) throws(JSONProblem) -> Result
    ) throws(JSONProblem) -> Result {
        // `withUnsafeBufferPointer` does not carry typed errors through every release, so the outcome is a value.
        let outcome: Swift.Result<Result, JSONProblem> = bytes.withUnsafeBufferPointer { buffer in
            do throws(JSONProblem) {
                return .success(try read(buffer, body))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    package static func read<Result>(
        _ bytes: UnsafeBufferPointer<UInt8>, _ body: (inout JSONReader) throws(JSONProblem) -> Result
    ) throws(JSONProblem) -> Result {
        var reader = JSONReader(bytes: bytes)
        let result = try body(&reader)
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw reader.problem("something follows the end of the value") }
        return result
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// What the next value is, by its first byte.
    package enum Kind { case object, array, text, number, bool, null }

    package mutating func peek() throws(JSONProblem) -> Kind {
        skipSpace()
        guard offset < bytes.count else { throw problem("the text ends where a value should begin") }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .text
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw problem("expected a value")
        }
    }

    /// Reads an object; `body` is called for each key and must read or skip its value.
    package mutating func object(
        _ body: (Text, inout JSONReader) throws(JSONProblem) -> Void
    ) throws(JSONProblem) {
        try members { key, reader throws(JSONProblem) in try body(key.text, &reader) }
    }

    /// Reads an object like ``object(_:)``, for keys that are only compared: no strings are made of them.
    package mutating func members(
        _ body: (TextInPlace, inout JSONReader) throws(JSONProblem) -> Void
    ) throws(JSONProblem) {
        try expect(UInt8(ascii: "{"), "an object")
        if take(UInt8(ascii: "}")) { return }
        repeat {
            let key = try textInPlace()
            try expect(UInt8(ascii: ":"), "\":\" after a key")
            try body(key, &self)
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"), "\",\" or \"}\"")
    }

    /// Reads an array; `body` is called before each element and must read or skip it.
    package mutating func array(_ body: (inout JSONReader) throws(JSONProblem) -> Void) throws(JSONProblem) {
        try beginArray()
        if take(UInt8(ascii: "]")) { return }
        repeat { try body(&self) } while take(UInt8(ascii: ","))
        try endArray()
    }

    /// The brackets and commas of an array whose elements the caller knows by place.
    package mutating func beginArray() throws(JSONProblem) { try expect(UInt8(ascii: "["), "an array") }
    package mutating func comma() throws(JSONProblem) { try expect(UInt8(ascii: ","), "\",\"") }
    package mutating func endArray() throws(JSONProblem) { try expect(UInt8(ascii: "]"), "\",\" or \"]\"") }

    package mutating func int() throws(JSONProblem) -> Int64 {
        skipSpace()
        let start = offset
        let isNegative = offset < bytes.count && bytes[offset] == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        var value: Int64 = 0
        let digits = offset
        // Eighteen digits always fit.
        while offset < bytes.count, offset - digits < 18, case let digit = bytes[offset] &- UInt8(ascii: "0"),
            digit < 10
        {
            value = value &* 10 &+ Int64(digit)
            offset += 1
        }
        if isNegative { value = -value }
        while offset < bytes.count, case let digit = bytes[offset] &- UInt8(ascii: "0"), digit < 10 {
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowed) =
                isNegative
                ? shifted.subtractingReportingOverflow(Int64(digit)) : shifted.addingReportingOverflow(Int64(digit))
            guard !overflow && !overflowed else {
                offset = start
                throw problem("the number does not fit in 64 bits")
            }
            value = sum
            offset += 1
        }
        guard offset > digits else { throw problem("expected an integer") }
        guard offset - digits == 1 || bytes[digits] != UInt8(ascii: "0") else {
            throw problem("a number must not start with 0")
        }
        if offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                offset = start
                throw problem("expected an integer, without a fraction or an exponent")
            default: break
            }
        }
        return value
    }

    package mutating func bool() throws(JSONProblem) -> Bool {
        if takeWord("true") { return true }
        if takeWord("false") { return false }
        throw problem("expected true or false")
    }

    /// Takes `null` if it is next.
    package mutating func takeNull() -> Bool { takeWord("null") }

    package mutating func text() throws(JSONProblem) -> Text {
        try expect(UInt8(ascii: "\""), "a text in double quotes")
        let start = offset
        var all: UInt8 = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") {
                let slice = UnsafeBufferPointer(rebasing: bytes[start..<offset])
                offset += 1
                // ASCII is valid as it stands, and most texts are nothing else.
                return all < 0x80 ? Text(contiguous: String(decoding: slice, as: UTF8.self)) : try validated(slice)
            }
            if byte == UInt8(ascii: "\\") { return try textWithEscapes(from: start) }
            guard byte >= 0x20 else { throw problem("a control character must be escaped inside a text") }
            all |= byte
            offset += 1
        }
        throw problem("the text has no closing quote")
    }

    /// Reads a text that is only compared or looked up.
    package mutating func textInPlace() throws(JSONProblem) -> TextInPlace {
        skipSpace()
        let start = offset
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
            offset += 1
            while offset < bytes.count, case let byte = bytes[offset], (0x20..<0x80).contains(byte),
                byte != UInt8(ascii: "\\")
            {
                offset += 1
                if byte == UInt8(ascii: "\"") {
                    return TextInPlace(
                        checked: UnsafeBufferPointer(rebasing: bytes[start + 1..<offset - 1]), isPlain: true)
                }
            }
        }
        // Escapes, letters beyond ASCII and mistakes are rare, and `text` knows them all.
        offset = start
        _ = try text()
        return TextInPlace(checked: UnsafeBufferPointer(rebasing: bytes[start + 1..<offset - 1]), isPlain: false)
    }

    func validated(_ utf8: some Collection<UInt8>) throws(JSONProblem) -> Text {
        guard let string = String(validating: utf8, as: UTF8.self) else { throw problem("the text is not valid UTF-8") }
        return Text(string)
    }

    @inline(__always)
    mutating func skipSpace() {
        // What the engine wrote itself has none.
        if offset < bytes.count, bytes[offset] <= 0x20 { skipSomeSpace() }
    }

    private mutating func skipSomeSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private mutating func takeWord(_ word: StaticString) -> Bool {
        skipSpace()
        let count = word.utf8CodeUnitCount
        guard bytes.count - offset >= count, bytes[offset] == word.utf8Start.pointee else { return false }
        let matches = word.withUTF8Buffer { $0.elementsEqual(bytes[offset..<offset + count]) }
        if matches { offset += count }
        return matches
    }

    mutating func expect(_ byte: UInt8, _ what: @autoclosure () -> String) throws(JSONProblem) {
        guard take(byte) else { throw problem("expected \(what())") }
    }

    package func problem(_ message: String, path: String = "") -> JSONProblem {
        JSONProblem(offset: offset, message: message, path: path)
    }
}
