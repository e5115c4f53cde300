/// The name of a message, the same for every consumer and every delivery.
public struct MessageID: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

extension MessageID {
    /// The id of a message that an event sent: the event's position, the message's place among that event's, and the
    /// event's chained digest. So a double is recognised wherever it turns up, and no event of another file, or of the
    /// same file after a restore, has the same.
    package init(event: Position, ordinal: Int64, digest: UInt64) {
        self.init(Text("e\(event.number)-\(ordinal)-\(digest.hexadecimal)"))
    }

    /// The same in a file of an earlier release, for its events of then.
    package init(event: Position, ordinal: Int64) { self.init("e\(event.number)-\(ordinal)") }

    /// The event, the place among its messages and the event's digest that an id of this form stands for; nil: it came
    /// from outside.
    package var sentBy: (event: Position, ordinal: Int64, digest: UInt64?)? {
        guard ReservedNames.isEventID(text) else { return nil }
        let parts = text.string.dropFirst().split(separator: "-")
        guard let event = Int64(parts[0]), let ordinal = Int64(parts[1]) else { return nil }
        return (Position(event), ordinal, parts.count > 2 ? UInt64(parts[2], radix: 16) : nil)
    }

    /// The id of a message from outside that brought none: 128 random bits.
    package init(random: () -> UInt64) { self.init(Text("m" + random().hexadecimal + random().hexadecimal)) }
}
