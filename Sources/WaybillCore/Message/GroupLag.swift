/// How far a group is behind on a topic. Each message of the topic is in exactly one of the numbers.
public struct GroupLag: Hashable, Sendable {
    public var group: GroupName
    public var topic: TopicName
    /// Messages that the topic has had since it began.
    public var sent: Int64
    /// Never delivered; messages that no consumer wants count until one has looked at them.
    public var waiting: Int64
    /// Given up: among the group's dead letters, which it gets only when they are given back.
    public var dead: Int64
    /// With a consumer.
    public var inFlight: Int64
    /// Failed, and coming again at its time.
    public var due: Int64
    /// Coming again to whoever asks.
    public var ready: Int64
    /// Behind an earlier message of their message group. Of messages that no consumer has looked at yet, the first
    /// 1,000 of each stored queue are told apart; those after them count as waiting.
    public var behind: Int64
    /// Acknowledged, wanted by nobody, or dead; dead ones are counted as such among the group's dead letters.
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
        dead = 0
        inFlight = 0
        due = 0
        ready = 0
        behind = 0
        finished = 0
    }

    /// Messages that are owed, in whatever state.
    public var messages: Int64 { waiting + inFlight + due + ready + behind }
}
