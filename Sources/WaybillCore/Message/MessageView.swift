/// A visible message as a look-up shows it, whether or not a consumer has had it.
public struct MessageView: Hashable, Sendable {
    public var id: MessageID
    public var topic: TopicName
    public var lane: Text
    public var priority: Int
    public var body: [UInt8]
    public var tag: Text?
    public var keys: [Text]
    public var properties: [Text: Text]
    public var messageGroup: Text?
    public var bornAt: Moment
    /// When it became visible.
    public var storedAt: Moment
    /// The event that sent it, and its order; nil: it came from outside.
    public var event: Position?
    public var order: OrderID?
    package var place: MessageOrigin

    package init(
        id: MessageID, topic: TopicName, lane: Text, priority: Int, body: [UInt8], tag: Text?, keys: [Text],
        properties: [Text: Text], messageGroup: Text?, bornAt: Moment, storedAt: Moment, event: Position?,
        order: OrderID?, place: MessageOrigin
    ) {
        self.id = id
        self.topic = topic
        self.lane = lane
        self.priority = priority
        self.body = body
        self.tag = tag
        self.keys = keys
        self.properties = properties
        self.messageGroup = messageGroup
        self.bornAt = bornAt
        self.storedAt = storedAt
        self.event = event
        self.order = order
        self.place = place
    }
}
