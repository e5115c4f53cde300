/// One handing over of a message to a consumer, invisible to the others of its group until it is acknowledged or its
/// time is over.
public struct Delivery: Hashable, Sendable {
    public var id: MessageID
    /// The topic it was sent to, also when it comes back from the dead letters.
    public var topic: TopicName
    public var lane: Text
    public var body: [UInt8]
    public var tag: Text?
    public var keys: [Text]
    public var properties: [Text: Text]
    public var messageGroup: Text?
    public var priority: Int
    public var bornAt: Moment
    /// When it became visible.
    public var storedAt: Moment
    /// 1: the first delivery to this group.
    public var attempt: Int64
    /// Whether the group had finished it before a look-back: effects must not be repeated.
    public var isReplayed: Bool
    /// By what it is acknowledged, failed or extended.
    public var receipt: DeliveryReceipt
    /// Until when it is invisible to others.
    public var invisibleUntil: Moment
    /// The event that sent it, and its order; nil: it came from outside.
    public var event: Position?
    public var order: OrderID?
    /// The topic and stored queue's offset, in order of arrival within a lane and priority.
    package var place: MessageOrigin
    public var trace: Text?
    /// What the face by which it came wants back as it was; nil: nothing.
    package var faceNote: Text?

    package init(
        id: MessageID, topic: TopicName, lane: Text, body: [UInt8], tag: Text?, keys: [Text], properties: [Text: Text],
        messageGroup: Text?, priority: Int, bornAt: Moment, storedAt: Moment, attempt: Int64, isReplayed: Bool,
        receipt: DeliveryReceipt, invisibleUntil: Moment, event: Position?, order: OrderID?, place: MessageOrigin,
        trace: Text?, faceNote: Text? = nil
    ) {
        self.id = id
        self.topic = topic
        self.lane = lane
        self.body = body
        self.tag = tag
        self.keys = keys
        self.properties = properties
        self.messageGroup = messageGroup
        self.priority = priority
        self.bornAt = bornAt
        self.storedAt = storedAt
        self.attempt = attempt
        self.isReplayed = isReplayed
        self.receipt = receipt
        self.invisibleUntil = invisibleUntil
        self.event = event
        self.order = order
        self.place = place
        self.trace = trace
        self.faceNote = faceNote
    }
}

/// Where a message lies: the stored queue and its offset in it.
package struct MessageOrigin: Hashable, Sendable {
    package var queue: Int64
    package var offset: Int64

    package init(queue: Int64, offset: Int64) {
        self.queue = queue
        self.offset = offset
    }
}

/// By what a delivery is answered: opaque, sealed, and worthless once the delivery is over.
public struct DeliveryReceipt: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}
