/// Texts with backslashes: the slow path of `JSONReader.text`.
extension JSONReader {
    mutating func textWithEscapes(from start: Int) throws(JSONProblem) -> Text {
        var buffer = Array(bytes[start..<offset])
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return try validated(buffer)
            case UInt8(ascii: "\\"): try appendEscape(to: &buffer)
            case 0..<0x20: throw problem("a control character must be escaped inside a text")
            default: buffer.append(byte)
            }
        }
        throw problem("the text has no closing quote")
    }

    private mutating func appendEscape(to buffer: inout [UInt8]) throws(JSONProblem) {
        guard offset < bytes.count else { throw problem("the text has no closing quote") }
        let escape = bytes[offset]
        offset += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(escape)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"): try appendUnicodeEscape(to: &buffer)
        default: throw problem("unknown escape in a text")
        }
    }

    private mutating func appendUnicodeEscape(to buffer: inout [UInt8]) throws(JSONProblem) {
        var code = try hexQuad()
        if (0xD800..<0xDC00).contains(code) {
            guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
            else { throw problem("half of a surrogate pair") }
            offset += 2
            let low = try hexQuad()
            guard (0xDC00..<0xE000).contains(low) else { throw problem("half of a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw problem("half of a surrogate pair") }
        buffer.append(contentsOf: String(Character(scalar)).utf8)
    }

    private mutating func hexQuad() throws(JSONProblem) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw problem("\\u needs four hexadecimal digits") }
        var code: UInt32 = 0
        for _ in 0..<4 {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): code = code << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): code = code << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): code = code << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw problem("\\u needs four hexadecimal digits")
            }
            offset += 1
        }
        return code
    }
}
