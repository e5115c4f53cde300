package import WaybillCore
package import WaybillStore

/// What a stored message says, with what its event adds when it was sent by one.
package struct MessageContent: Sendable {
    /// Properties of the engine's own begin so; no producer may use them.
    package static let reservedPrefix: Text = "__"
    package static let traceProperty: Text = "__trace"
    package static let faceNoteProperty: Text = "__face"
    /// Of a dead letter: where it was sent, and its id there.
    package static let originTopic: Text = "DLQ_ORIGIN_TOPIC"
    package static let originID: Text = "DLQ_ORIGIN_MESSAGE_ID"
    package static let keySeparator = MessageHead.keySeparator

    package var id: MessageID
    package var body: [UInt8]
    package var keys: [Text]
    package var messageGroup: Text?
    package var properties: [Text: Text]
    package var trace: Text?
    /// What the face by which it came wants back as it was; nothing else reads it.
    package var faceNote: Text?
    package var order: OrderID?

    /// The topic that a dead letter was sent to, and its id there; nil: it is none.
    package var origin: TopicName? { properties[Self.originTopic].map { TopicName($0) } }
    package var originID: MessageID? { properties[Self.originID].map { MessageID($0) } }

    /// - Parameter event: what the message's event adds; nil: it came from outside.
    package init(_ message: MessageRow, event: EventContent?) throws {
        id =
            message.id.map { MessageID($0) } ?? event?.id
            ?? MessageID(event: message.event ?? Position(0), ordinal: message.ordinal)
        body = message.body ?? event?.body ?? []
        keys = (message.key ?? event?.order.text).map(Self.keyList) ?? []
        messageGroup = message.messageGroup ?? event?.order.text
        var properties = try Self.properties(message.properties)
        trace = properties.removeValue(forKey: Self.traceProperty) ?? event?.trace
        faceNote = properties[Self.faceNoteProperty]
        self.properties = properties.filter { !$0.key.string.utf8.starts(with: Self.reservedPrefix.string.utf8) }
        order = event?.order ?? properties["__order"].map { OrderID($0) }
    }

    /// The keys in the one column that a message from outside has for them.
    static func keyList(_ text: Text) -> [Text] {
        text.string.split(separator: keySeparator).map { Text(String($0)) }
    }

    /// Reads the properties of a stored message: one JSON object of texts; nil: none.
    package static func properties(_ text: Text?) throws(StoreFailure) -> [Text: Text] {
        guard let text else { return [:] }
        var properties: [Text: Text] = [:]
        do throws(JSONProblem) {
            let bytes = Array(text.string.utf8)
            try JSONReader.read(bytes) { reader throws(JSONProblem) in
                try reader.object { name, reader throws(JSONProblem) in properties[name] = try reader.text() }
            }
        } catch {
            throw StoreFailure(.damaged, "a message's properties, byte \(error.offset): \(error.message)")
        }
        return properties
    }
}

/// What an event adds to a message that it sent.
package struct EventContent: Sendable {
    package var id: MessageID
    /// The CloudEvents body.
    package var body: [UInt8]
    package var order: OrderID
    package var trace: Text?

    package init(id: MessageID, body: [UInt8], order: OrderID, trace: Text?) {
        self.id = id
        self.body = body
        self.order = order
        self.trace = trace
    }
}

/// Reads what events add to messages: the broker knows nothing of orders.
package protocol EventContents: Sendable {
    /// What its event adds to a message; nil: the event is not there.
    ///
    /// - Parameter needsBody: whether the message has no stored body, and one is asked for.
    func content<Rows: TableReader & ~Copyable>(
        of message: MessageRow, by event: Position, needsBody: Bool, in rows: borrowing Rows
    ) throws -> EventContent?

    /// The events whose messages have this key unless they say otherwise, the oldest first, after one of them.
    func events<Rows: TableReader & ~Copyable>(
        withKey key: Text, after event: Position, limit: Int, in rows: borrowing Rows
    ) throws -> [Position]
}

extension MessageRow {
    /// The stored form of a message from outside.
    package init(_ message: NewMessage, id: MessageID, bornAt: Moment) {
        var properties = message.properties
        if let trace = message.trace { properties[MessageContent.traceProperty] = trace }
        if let note = message.faceNote { properties[MessageContent.faceNoteProperty] = note }
        self.init(
            event: nil, bornAt: bornAt, tag: message.tag, key: Self.joined(message.keys),
            messageGroup: message.messageGroup, properties: Self.object(properties), body: message.body, id: id.text)
    }

    private static func joined(_ keys: [Text]) -> Text? {
        guard !keys.isEmpty else { return nil }
        return Text(keys.map(\.string).joined(separator: String(MessageContent.keySeparator)))
    }

    /// Properties as one JSON object, sorted by name, so that equal ones have equal texts; nil: none.
    package static func object(_ properties: [Text: Text]) -> Text? {
        guard !properties.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        for (name, value) in properties.sorted(by: { $0.key < $1.key }) {
            writer.key(named: name)
            writer.text(value)
        }
        writer.endObject()
        return Text(String(decoding: writer.bytes, as: UTF8.self))
    }
}
