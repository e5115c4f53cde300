/// How a lane ends: the messages that are still in it go to the base either way.
public enum LaneEnd: String, Hashable, Sendable, CaseIterable {
    /// What the lane tried is what the base does from now on.
    case promoted
    /// It was given up.
    case abandoned
}

/// What became of the messages of a lane that was closed.
public struct LaneReport: Hashable, Sendable {
    /// One group on one queue of the lane. Each message is in exactly one of the numbers.
    public struct Share: Hashable, Sendable {
        public var group: GroupName
        public var topic: TopicName
        public var priority: Int
        /// Messages that the queue has had since it began.
        public var sent: Int64
        /// Acknowledged, dead, or wanted by nobody.
        public var finished: Int64
        /// With a consumer of the lane, which may still answer.
        public var inFlight: Int64
        /// Failed or waiting: the base gets them.
        public var owed: Int64
        /// Never delivered: the base gets them.
        public var waiting: Int64

        package init(
            group: GroupName, topic: TopicName, priority: Int, sent: Int64, finished: Int64, inFlight: Int64,
            owed: Int64, waiting: Int64
        ) {
            self.group = group
            self.topic = topic
            self.priority = priority
            self.sent = sent
            self.finished = finished
            self.inFlight = inFlight
            self.owed = owed
            self.waiting = waiting
        }
    }

    public var lane: Text
    public var end: LaneEnd
    public var shares: [Share]

    package init(lane: Text, end: LaneEnd, shares: [Share]) {
        self.lane = lane
        self.end = end
        self.shares = shares
    }
}
