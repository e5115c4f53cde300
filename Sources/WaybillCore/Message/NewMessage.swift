/// A message that somebody wants to send.
///
/// Its texts are bytes inside the package; the face shows them as `String`, under the same names.
public struct NewMessage: Hashable, Sendable {
    /// Levels of priority: 0 is the usual one, 9 comes first.
    public static let priorities: ClosedRange<Int> = 0...9

    public var topic: TopicName
    public var body: [UInt8]
    /// What subscriptions choose by first; at most one.
    @_disfavoredOverload package var tag: Text?
    /// By what it can be looked up later.
    @_disfavoredOverload package var keys: [Text]
    /// Messages of one message group are delivered in order, to one consumer at a time, in FIFO groups.
    @_disfavoredOverload package var messageGroup: Text?
    public var priority: Int
    /// What SQL filters choose by; RocketMQ's own names are reserved.
    @_disfavoredOverload package var properties: [Text: Text]
    /// When it becomes visible; nil: at once.
    public var deliverAt: Moment?
    /// The grey-release route; "" is the base.
    @_disfavoredOverload package var lane: Text
    /// Its name when the producer gives one; nil: the engine does.
    public var id: MessageID?
    /// W3C trace context; nil: none.
    @_disfavoredOverload package var trace: Text?
    /// What the face by which it came wants back as it was, at most ``faceNoteBytesMax`` bytes; nil: nothing.
    package var faceNote: Text?

    package static let faceNoteBytesMax = 512

    public init(
        to topic: TopicName, body: [UInt8], tag: String? = nil, keys: [String] = [], messageGroup: String? = nil,
        priority: Int = 0, properties: [String: String] = [:], deliverAt: Moment? = nil, lane: String = "",
        id: MessageID? = nil, trace: String? = nil
    ) {
        self.init(
            to: topic, body: body, tag: tag.map { Text($0) }, keys: keys.map { Text($0) },
            messageGroup: messageGroup.map { Text($0) }, priority: priority,
            properties: Dictionary(properties.map { (Text($0), Text($1)) }) { first, _ in first },
            deliverAt: deliverAt, lane: Text(lane), id: id, trace: trace.map { Text($0) })
    }

    /// The same with texts that come from a file or a request.
    @_disfavoredOverload
    package init(
        to topic: TopicName, body: [UInt8], tag: Text? = nil, keys: [Text] = [], messageGroup: Text? = nil,
        priority: Int = 0, properties: [Text: Text] = [:], deliverAt: Moment? = nil, lane: Text = "",
        id: MessageID? = nil, trace: Text? = nil
    ) {
        self.topic = topic
        self.body = body
        self.tag = tag
        self.keys = keys
        self.messageGroup = messageGroup
        self.priority = priority
        self.properties = properties
        self.deliverAt = deliverAt
        self.lane = lane
        self.id = id
        self.trace = trace
    }
}

extension NewMessage {
    /// All its texts, under a name that the face does not have.
    package struct Texts {
        package var tag: Text?
        package var keys: [Text]
        package var messageGroup: Text?
        package var properties: [Text: Text]
        package var lane: Text
        package var trace: Text?
    }

    package var texts: Texts {
        get {
            Texts(
                tag: tag, keys: keys, messageGroup: messageGroup, properties: properties, lane: lane, trace: trace)
        }
        set {
            tag = newValue.tag
            keys = newValue.keys
            messageGroup = newValue.messageGroup
            properties = newValue.properties
            lane = newValue.lane
            trace = newValue.trace
        }
    }
}

/// A message that was taken in: durable when the producer hears of it.
public struct SentMessage: Hashable, Sendable {
    public var id: MessageID
    /// By what a delayed message can be recalled; nil: it is visible.
    public var recallHandle: Text?

    public init(id: MessageID, recallHandle: Text? = nil) {
        self.id = id
        self.recallHandle = recallHandle
    }
}
