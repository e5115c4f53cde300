/// How far a group is behind on a topic. Each message of the topic is in exactly one of the numbers.
public struct GroupLag: Hashable, Sendable {
    public var group: GroupName
    public var topic: TopicName
    /// Messages that the topic has had since it began.
    public var sent: Int64
    /// Never delivered; messages that no consumer wants count until one has looked at them.
    public var waiting: Int64
    /// With a consumer.
    public var inFlight: Int64
    /// Failed, and coming again at its time.
    public var due: Int64
    /// Coming again to whoever asks.
    public var ready: Int64
    /// Behind an earlier message of their message group.
    public var behind: Int64
    /// Acknowledged, dead, or wanted by nobody.
    public var finished: Int64
    /// How long the oldest message that is owed has been visible; nil: nothing is owed.
    public var oldest: Interval?
    /// Why the group takes no new messages now; nil: it does.
    public var heldBack: String?

    package init(group: GroupName, topic: TopicName) {
        self.group = group
        self.topic = topic
        sent = 0
        waiting = 0
        inFlight = 0
        due = 0
        ready = 0
        behind = 0
        finished = 0
    }

    /// Messages that are owed, in whatever state.
    public var messages: Int64 { waiting + inFlight + due + ready + behind }
}
