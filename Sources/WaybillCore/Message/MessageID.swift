/// The name of a message, the same for every consumer and every delivery.
public struct MessageID: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

extension MessageID {
    /// The id of a message that an event sent: the event's position and the message's place among that event's, so
    /// that a double is recognised wherever it turns up.
    package init(event: Position, ordinal: Int64) { self.init("e\(event.number)-\(ordinal)") }

    /// The id of a message from outside that brought none: 128 random bits.
    package init(random: () -> UInt64) { self.init("m" + Self.hex(random()) + Self.hex(random())) }

    private static func hex(_ bits: UInt64) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
