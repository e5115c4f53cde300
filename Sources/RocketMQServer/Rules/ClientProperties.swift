import RocketMQProto

/// What clients say of themselves in their settings: for display, and the lane that they read. Bounds of the protocol.
enum ClientProperties {
    private static let countMax = 32
    private static let nameBytesMax = 64
    private static let valueBytesMax = 256
    private static let bytesMax = 4 << 10
    private static let reservedPrefix = "rocketmq."

    static func check(_ properties: [String: String]) throws(Refused) {
        guard properties.count <= countMax else {
            throw Refused(.invalidClientProperties, "\(properties.count) properties; at most \(countMax) are allowed")
        }
        var bytes = 0
        for (name, value) in properties {
            bytes += name.utf8.count + value.utf8.count
            guard isName(name), !name.hasPrefix(reservedPrefix) else {
                throw Refused(.invalidClientProperties, "a property has a name that is none, or the protocol's own")
            }
            guard value.utf8.count <= valueBytesMax, value.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else {
                throw Refused(
                    .invalidClientProperties, "a value has at most \(valueBytesMax) bytes, and no control character")
            }
        }
        guard bytes <= bytesMax else {
            throw Refused(
                .invalidClientProperties, "the properties have \(bytes) bytes; at most \(bytesMax) are allowed")
        }
    }

    /// A letter, and then letters, digits, `_`, `.` and `-`.
    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= nameBytesMax, isLetter(first) else { return false }
        return name.utf8.allSatisfy { byte in
            isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")].contains(byte)
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
