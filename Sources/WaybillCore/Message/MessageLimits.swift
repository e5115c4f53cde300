/// Bounds of what producers send, and of the names of topics and groups. The defaults are RocketMQ's, where it has one.
public struct MessageLimits: Hashable, Sendable {
    public var bodyBytesMax = 4 << 20
    public var propertiesMax = 128
    /// Tag, keys, and the names and values of the properties.
    public var propertiesBytesMax = 16 << 10
    public var messageGroupBytesMax = 63
    public var idBytesMax = 255
    public var laneBytesMax = 128
    public var producerBytesMax = 255
    public var traceBytesMax = 512
    public var topicNameBytesMax = 127
    public var groupNameBytesMax = 120
    /// Messages in one send, and the bytes of their bodies together.
    public var batchMessagesMax = 32
    public var batchBytesMax = 4 << 20
    /// The longest wait that a half message may ask for before its producer is asked first.
    public var firstCheckMax = Interval.hours(1)

    public init() {}
}

extension MessageLimits {
    /// Throws unless this may be the name of a topic that somebody creates or sends to.
    package func check(topic name: TopicName) throws(MessageFlaw) {
        try check(name: name.text, part: .topic, bytesMax: topicNameBytesMax)
        guard !ReservedNames.isTopic(name.text) else {
            throw MessageFlaw(.topic, "\(quoted(name.text)) is the system's own name; choose another")
        }
    }

    /// Throws unless this may be the name of a consumer group.
    package func check(group name: GroupName) throws(MessageFlaw) {
        try check(name: name.text, part: .group, bytesMax: groupNameBytesMax)
        guard !ReservedNames.isGroup(name.text) else {
            throw MessageFlaw(.group, "\(quoted(name.text)) is the system's own name; choose another")
        }
    }

    /// Throws unless this may name those who answer for half messages.
    package func check(producer name: Text) throws(MessageFlaw) {
        try checkText(name, part: .producer, bytesMax: producerBytesMax)
        // The half messages of calls have a producer too, and only the engine is it.
        guard !name.withBytes({ $0.first == UInt8(ascii: "$") }) else {
            throw MessageFlaw(.producer, "names that begin with $ are the engine's own; choose another")
        }
    }

    /// Throws unless this may be a message's id. Ids of the engine's own form are refused: an effect is told by its
    /// message's id, and nobody may take the id of an order's message.
    package func check(id: Text) throws(MessageFlaw) {
        try checkText(id, part: .id, bytesMax: idBytesMax)
        guard !ReservedNames.isEventID(id) else {
            throw MessageFlaw(.id, "ids such as \(quoted(id)) are those of orders' messages; choose another")
        }
    }

    package func check(tag: Text) throws(MessageFlaw) {
        try checkText(tag, part: .tag, bytesMax: propertiesBytesMax)
        guard !tag.contains(UInt8(ascii: "|")) else {
            throw MessageFlaw(.tag, "\(quoted(tag)) contains |, which separates tags in a subscription")
        }
        guard tag != "*" else { throw MessageFlaw(.tag, "* stands for every tag in a subscription; choose a word") }
    }

    package func check(key: Text) throws(MessageFlaw) {
        try checkText(key, part: .key, bytesMax: propertiesBytesMax)
    }

    package func check(messageGroup: Text) throws(MessageFlaw) {
        try checkText(messageGroup, part: .messageGroup, bytesMax: messageGroupBytesMax)
    }

    package func check(lane: Text) throws(MessageFlaw) {
        guard !lane.isEmpty else { return }
        try checkText(lane, part: .lane, bytesMax: laneBytesMax)
    }

    package func check(trace: Text) throws(MessageFlaw) {
        try checkText(trace, part: .trace, bytesMax: traceBytesMax)
    }

    /// Throws unless name and value may be a user property.
    package func check(property name: Text, value: Text) throws(MessageFlaw) {
        try checkText(name, part: .property, bytesMax: propertiesBytesMax)
        guard !ReservedNames.isProperty(name) else {
            throw MessageFlaw(.property, "\(quoted(name)) is the system's own name; choose another")
        }
        guard value.controlCharacter == nil else {
            throw MessageFlaw(.property, "the value of \(quoted(name)) contains a control character")
        }
    }

    /// Throws when properties, tag and keys are too many or too large together.
    package func check(
        properties: some Sequence<(name: Text, value: Text)>, tag: Text?, keys: [Text]
    ) throws(MessageFlaw) {
        var bytes = tag?.byteCount ?? 0
        var count = 0
        for key in keys { bytes += key.byteCount }
        for property in properties {
            count += 1
            bytes += property.name.byteCount + property.value.byteCount
        }
        guard count <= propertiesMax else {
            throw MessageFlaw(.properties, "\(count) properties; at most \(propertiesMax) are allowed")
        }
        guard bytes <= propertiesBytesMax else {
            throw MessageFlaw(
                .properties,
                "tag, keys and properties have \(bytes) bytes together; at most \(propertiesBytesMax) are allowed")
        }
    }

    package func check(bodyBytes count: Int) throws(MessageFlaw) {
        guard count > 0 else { throw MessageFlaw(.body, "it is empty; send a byte at least") }
        guard count <= bodyBytesMax else {
            throw MessageFlaw(.body, "\(count) bytes; at most \(bodyBytesMax) are allowed")
        }
    }

    package func check(priority: Int64) throws(MessageFlaw) {
        guard (0...9).contains(priority) else { throw MessageFlaw(.priority, "\(priority) is not in 0...9") }
    }

    package func check(batchOf count: Int, bodyBytes: Int) throws(MessageFlaw) {
        guard count > 0 else { throw MessageFlaw(.batch, "it is empty; send a message at least") }
        guard count <= batchMessagesMax else {
            throw MessageFlaw(.batch, "\(count) messages; at most \(batchMessagesMax) are allowed in one send")
        }
        guard count == 1 || bodyBytes <= batchBytesMax else {
            throw MessageFlaw(.batch, "\(bodyBytes) bytes in all; at most \(batchBytesMax) are allowed in one send")
        }
    }

    package func check(firstCheck wait: Interval) throws(MessageFlaw) {
        guard wait.milliseconds >= 0, wait <= firstCheckMax else {
            throw MessageFlaw(.firstCheck, "\(wait.text) is not in 0s...\(firstCheckMax.text)")
        }
    }

    private func check(name: Text, part: MessageFlaw.Part, bytesMax: Int) throws(MessageFlaw) {
        guard !name.isEmpty else { throw MessageFlaw(part, "the name is empty") }
        guard name.byteCount <= bytesMax else {
            throw MessageFlaw(part, "the name has \(name.byteCount) bytes; at most \(bytesMax) are allowed")
        }
        let allowed = name.withBytes { bytes in bytes.allSatisfy(\.isNamePart) }
        guard allowed else {
            throw MessageFlaw(part, "\(quoted(name)) may have letters a-z, A-Z, digits, _, - and % only")
        }
    }

    private func checkText(_ text: Text, part: MessageFlaw.Part, bytesMax: Int) throws(MessageFlaw) {
        guard text.byteCount <= bytesMax else {
            throw MessageFlaw(part, "it has \(text.byteCount) bytes; at most \(bytesMax) are allowed")
        }
        guard text.controlCharacter == nil else { throw MessageFlaw(part, "it contains a control character") }
        guard !text.isBlank else { throw MessageFlaw(part, "it is blank; leave it out or give it a name") }
    }

    /// A text as a message shows it: short, and in quotes.
    private func quoted(_ text: Text) -> String {
        text.byteCount <= 64 ? "\"\(text)\"" : "\"\(text.string.prefix(60))…\""
    }
}

extension UInt8 {
    /// Whether the byte may stand in the name of a topic or group.
    fileprivate var isNamePart: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "%"):
            true
        default: false
        }
    }
}

extension Text {
    /// The first control character (C0, DEL or C1); nil: there is none.
    package var controlCharacter: Unicode.Scalar? {
        string.unicodeScalars.first { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    }

    /// Whether nothing but white space is in it.
    package var isBlank: Bool { string.unicodeScalars.allSatisfy(\.properties.isWhitespace) }

    fileprivate func contains(_ byte: UInt8) -> Bool { withBytes { $0.contains(byte) } }
}
