/// A message that a group has given up.
public struct DeadLetter: Hashable, Sendable {
    /// What has become of it since.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// It waits for a redrive.
        case dead
        /// It was given back, and is not finished.
        case givenBack = "given_back"
        /// It was given back, and is done.
        case finished
    }

    /// Its id and topic, as they were before it died.
    public var id: MessageID
    public var topic: TopicName
    public var reason: Text
    public var diedAt: Moment
    public var state: State

    package init(id: MessageID, topic: TopicName, reason: Text, diedAt: Moment, state: State) {
        self.id = id
        self.topic = topic
        self.reason = reason
        self.diedAt = diedAt
        self.state = state
    }
}

/// A grey-release route in which messages were sent.
public struct LaneView: Hashable, Sendable {
    public var name: Text
    /// The topics that have messages of it.
    public var topics: [TopicName]
    /// Whether it was promoted or abandoned: the base reads it.
    public var isClosed: Bool
    /// The groups in which consumers of the lane read its messages now. In every other group the consumers of the base
    /// get them.
    public var servedIn: [GroupName]

    package init(name: Text, topics: [TopicName], isClosed: Bool, servedIn: [GroupName] = []) {
        self.name = name
        self.topics = topics
        self.isClosed = isClosed
        self.servedIn = servedIn
    }
}
