/// The name of a message, the same for every consumer and every delivery.
public struct MessageID: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

extension MessageID {
    /// The id of a message that an event sent: the event's position and the message's place among that event's, so
    /// that a double is recognised wherever it turns up.
    package init(event: Position, ordinal: Int64) { self.init("e\(event.number)-\(ordinal)") }

    /// The event and the place among its messages that an id of this form stands for; nil: it came from outside.
    package var sentBy: (event: Position, ordinal: Int64)? {
        guard ReservedNames.isEventID(text) else { return nil }
        let numbers = text.string.dropFirst().split(separator: "-").compactMap { Int64($0) }
        guard numbers.count == 2 else { return nil }
        return (Position(numbers[0]), numbers[1])
    }

    /// The id of a message from outside that brought none: 128 random bits.
    package init(random: () -> UInt64) { self.init("m" + Self.hex(random()) + Self.hex(random())) }

    private static func hex(_ bits: UInt64) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
