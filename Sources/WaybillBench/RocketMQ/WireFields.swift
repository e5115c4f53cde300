/// The fields of a message in Protocol Buffers, read and written where a whole message would cost the client more than
/// the server.
enum WireFields {
    /// One field of a message.
    struct Field {
        let number: Int
        /// Of a number.
        var value: UInt64 = 0
        /// Of a text, of bytes or of a message.
        var bytes: ArraySlice<UInt8> = []
    }

    /// - Throws: ``BenchmarkFailure`` when it is none.
    static func read(_ message: ArraySlice<UInt8>) throws -> [Field] {
        var rest = message
        var fields: [Field] = []
        while !rest.isEmpty {
            let tag = try number(&rest)
            var field = Field(number: Int(tag >> 3))
            switch tag & 7 {
            case 0: field.value = try number(&rest)
            case 1: try skip(8, &rest)
            case 2:
                let length = Int(clamping: try number(&rest))
                field.bytes = rest.prefix(length)
                try skip(length, &rest)
            case 5: try skip(4, &rest)
            default: throw BenchmarkFailure("the server's answer cannot be read")
            }
            fields.append(field)
        }
        return fields
    }

    /// A field of bytes, of a text or of a message.
    static func write(_ number: Int, _ content: some Collection<UInt8>, to message: inout [UInt8]) {
        message.append(UInt8(number << 3 | 2))
        var rest = content.count
        while rest >= 128 {
            message.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        message.append(UInt8(rest))
        message += content
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { break }
            number |= UInt64(byte & 127) << shift
            if byte < 128 { return number }
        }
        throw BenchmarkFailure("the server's answer cannot be read")
    }

    private static func skip(_ count: Int, _ rest: inout ArraySlice<UInt8>) throws {
        guard rest.count >= count else { throw BenchmarkFailure("the server's answer cannot be read") }
        rest = rest.dropFirst(count)
    }
}
