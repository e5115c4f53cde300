/// What is known of a message: what is durable, and what memory still has of its deliveries.
public struct MessageTrace: Hashable, Sendable {
    /// Where it stands for all.
    public enum Standing: Hashable, Sendable {
        /// Delayed until then.
        case delayed(until: Moment)
        /// Undecided; asked about so often.
        case half(checks: Int64, isParked: Bool)
        case visible(since: Moment)
        /// A delayed message that was taken back in time. Known for 24 hours.
        case recalled(at: Moment)
        /// A half message that will never be seen. Known for 24 hours.
        case rolledBack(at: Moment)
    }

    /// Where it stands for one group.
    public enum GroupStanding: Hashable, Sendable {
        /// Not handed out yet, as far as the file knows.
        case waiting
        /// May have been handed out, and is not finished.
        case started
        /// Comes again; so many deliveries so far, and when: nil, as soon as it can.
        case comesAgain(attempt: Int64, at: Moment?)
        /// Given up, and kept where it lies for somebody who looks.
        case parked(attempt: Int64)
        /// In the group's dead letters.
        case dead
        /// Acknowledged.
        case finished
        /// Passed over: by what the group subscribes to now it does not want it. Told apart from acknowledged by
        /// memory, and by the expressions in use.
        case notSubscribed
    }

    /// What a group's memory keeps of one delivery.
    public struct Happening: Hashable, Sendable {
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            case delivered, acknowledged, failed, expired, dead
        }

        public var at: Moment
        public var kind: Kind
        public var group: GroupName
        public var client: Text
        public var attempt: Int64

        package init(at: Moment, kind: Kind, group: GroupName, client: Text, attempt: Int64) {
            self.at = at
            self.kind = kind
            self.group = group
            self.client = client
            self.attempt = attempt
        }
    }

    public var id: MessageID
    public var topic: TopicName
    public var bornAt: Moment
    public var standing: Standing
    public var groups: [GroupName: GroupStanding]
    /// Deliveries that memory still has, the oldest first.
    public var happenings: [Happening]
    /// Nothing older is in `happenings`: memory is bounded, and begins with the process.
    public var happeningsSince: Moment

    package init(
        id: MessageID, topic: TopicName, bornAt: Moment, standing: Standing,
        groups: [GroupName: GroupStanding] = [:], happenings: [Happening] = [], happeningsSince: Moment
    ) {
        self.id = id
        self.topic = topic
        self.bornAt = bornAt
        self.standing = standing
        self.groups = groups
        self.happenings = happenings
        self.happeningsSince = happeningsSince
    }
}
