import NIOCore

/// Counts the fields of a request to send before it is decoded: a field of two bytes costs a microsecond to decode, and
/// the event loop waits meanwhile.
enum FieldCount {
    /// Of a request, in all that is decoded of it: more than 32 messages with all that each may have.
    static let max = 30_000
    /// A request of fewer bytes has no more fields than the event loop has time for.
    private static let bytesMin = 64 << 10

    /// Which fields of a message are messages, by their numbers.
    private indirect enum Shape {
        case leaf
        case message([UInt64: Shape])
    }

    private static let times: [UInt64: Shape] = [
        4: .leaf, 7: .leaf, 9: .leaf, 11: .leaf, 15: .leaf, 19: .leaf, 20: .leaf,
    ]
    private static let request = Shape.message([1: .message([1: .leaf, 2: .leaf, 3: .message(times)])])

    /// Whether a request may be decoded. One that is none is left to the decoder, which stops where it is wrong.
    static func isBounded(_ request: ByteBuffer) -> Bool {
        guard request.readableBytes >= bytesMin else { return true }
        return request.withUnsafeReadableBytes { bytes in
            var rest = max
            count(bytes[...], Self.request, &rest)
            return rest > 0
        }
    }

    private static func count(_ bytes: Slice<UnsafeRawBufferPointer>, _ shape: Shape, _ rest: inout Int) {
        var bytes = bytes
        while rest > 0, let tag = number(&bytes) {
            rest -= 1
            switch tag & 7 {
            case 0: guard number(&bytes) != nil else { return }
            case 1: bytes = bytes.dropFirst(8)
            case 2:
                guard let length = number(&bytes), length <= UInt64(bytes.count) else { return }
                let content = bytes.prefix(Int(length))
                bytes = bytes.dropFirst(Int(length))
                if case .message(let fields) = shape, let inner = fields[tag >> 3] { count(content, inner, &rest) }
            case 5: bytes = bytes.dropFirst(4)
            default: return
            }
        }
    }

    private static func number(_ bytes: inout Slice<UnsafeRawBufferPointer>) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            number |= UInt64(byte & 127) << shift
            if byte < 128 { return number }
        }
        return nil
    }
}
