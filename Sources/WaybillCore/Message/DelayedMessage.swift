/// A message that becomes visible later, as operators see it: without what it says.
public struct DelayedMessageView: Hashable, Sendable {
    public var id: MessageID
    public var topic: TopicName
    public var lane: Text
    public var priority: Int
    public var tag: Text?
    public var bornAt: Moment
    /// When it becomes visible.
    public var due: Moment
    /// By what it is recalled or moved to another time.
    public var recallHandle: Text

    package init(
        id: MessageID, topic: TopicName, lane: Text, priority: Int, tag: Text?, bornAt: Moment, due: Moment,
        recallHandle: Text
    ) {
        self.id = id
        self.topic = topic
        self.lane = lane
        self.priority = priority
        self.tag = tag
        self.bornAt = bornAt
        self.due = due
        self.recallHandle = recallHandle
    }
}
