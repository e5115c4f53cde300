/// Writes JSON into a byte buffer, without a tree in between: events and states are written this way on the hot path.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    /// Whether the next value of each open container needs a comma first: a stack of bits, innermost lowest.
    private var needsComma: UInt64 = 0
    /// The bits of the containers further out than the innermost 64, by 64: empty for all that the engine writes.
    private var outerCommas: [UInt64] = []
    private var depth = 0

    package init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// Empties the buffer and keeps its storage.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = 0
        outerCommas.removeAll(keepingCapacity: true)
        depth = 0
    }

    /// Hands out what was written so far; what comes next goes on from there.
    package mutating func takeBytes() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// Whether exactly these bytes were written.
    package func wrote(_ expected: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer { Text.isEqual($0, expected) }
    }

    package mutating func beginObject() { begin(UInt8(ascii: "{")) }
    package mutating func endObject() { end(UInt8(ascii: "}")) }
    package mutating func beginArray() { begin(UInt8(ascii: "[")) }
    package mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes a key that needs no escaping: only for names written in this code.
    package mutating func key(_ name: StaticString) {
        separate()
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma &= ~1
    }

    package mutating func key(named name: Text) {
        separate()
        quoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma &= ~1
    }

    package mutating func null() { raw("null") }
    package mutating func bool(_ value: Bool) { value ? raw("true") : raw("false") }

    package mutating func text(_ value: Text) {
        separate()
        quoted(value)
    }

    package mutating func word(_ value: StaticString) {
        separate()
        quoted(value)
    }

    package mutating func int(_ value: Int64) {
        separate()
        appendDecimal(value)
    }

    /// Writes a value that is JSON already.
    package mutating func json(_ value: [UInt8]) {
        separate()
        bytes.append(contentsOf: value)
    }

    private mutating func raw(_ value: StaticString) {
        separate()
        value.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        if depth & 63 == 63 { outerCommas.append(needsComma) }
        depth += 1
        needsComma <<= 1
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        depth -= 1
        needsComma >>= 1
        if depth & 63 == 63, let commas = outerCommas.popLast() { needsComma = commas }
    }

    private mutating func separate() {
        if needsComma & 1 == 1 { bytes.append(UInt8(ascii: ",")) }
        needsComma |= 1
    }

    private mutating func appendDecimal(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        if rest < 10 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var first = digits.count
            while rest > 0 {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[first...]))
        }
    }

    private mutating func quoted(_ value: StaticString) {
        bytes.append(UInt8(ascii: "\""))
        value.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func quoted(_ value: Text) {
        bytes.append(UInt8(ascii: "\""))
        value.withBytes { utf8 in
            var isPlain = true
            for byte in utf8 { isPlain = isPlain && byte >= 0x20 && byte != 0x22 && byte != 0x5C }
            if isPlain {
                bytes.append(contentsOf: utf8)
            } else {
                for byte in utf8 { appendEscaped(byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C: bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
        case 0x0A: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
        case 0x0D: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
        case 0x09: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
        case 0..<0x20: bytes.append(contentsOf: Array("\\u00".utf8) + [hexDigit(byte >> 4), hexDigit(byte & 15)])
        default: bytes.append(byte)
        }
    }
}

/// The lower-case hexadecimal digit of 0...15.
package func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
