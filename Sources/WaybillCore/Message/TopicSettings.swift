/// Which messages a topic takes.
public enum TopicType: String, Hashable, Sendable, CaseIterable {
    case normal, fifo, delay, transaction, mixed
}

/// The rules of a topic.
public struct TopicSettings: Hashable, Sendable {
    public var type: TopicType
    /// How many queues clients see; labels only, so the number may change at any time.
    public var queues: Int
    /// Below this size all that is owed is kept, beyond it the oldest goes.
    public var bytesMax: Int64
    /// How long messages stay that nobody is owed.
    public var retention: Interval

    public init(
        type: TopicType = .normal, queues: Int = 4, bytesMax: Int64 = 10 << 30, retention: Interval = .days(7)
    ) {
        self.type = type
        self.queues = queues
        self.bytesMax = bytesMax
        self.retention = retention
    }
}
