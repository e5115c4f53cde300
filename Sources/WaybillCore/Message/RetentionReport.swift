/// What a topic holds, and what of it goes next.
public struct RetentionReport: Hashable, Sendable {
    /// A consumer group and what it is owed.
    public struct Claim: Hashable, Sendable {
        public var group: GroupName
        /// Messages that it has not finished, at most: some may not match what it subscribes to.
        public var owed: Int64
        public var lastUsedAt: Moment
        /// Nobody has consumed for it for long: its claims go before those of others.
        public var isIdle: Bool
        /// It has lost messages below this offset of a queue; nil: none.
        public var gapBelow: Int64?

        package init(group: GroupName, owed: Int64, lastUsedAt: Moment, isIdle: Bool, gapBelow: Int64?) {
            self.group = group
            self.owed = owed
            self.lastUsedAt = lastUsedAt
            self.isIdle = isIdle
            self.gapBelow = gapBelow
        }
    }

    public var topic: TopicName
    public var messages: Int64
    /// Bytes of messages, as far as they are counted; the newest are a few seconds ahead of it.
    public var bytes: Int64
    public var bytesMax: Int64
    /// Messages whose time is over and that nobody is owed.
    public var goesByTime: Int64
    public var claims: [Claim]

    /// So many bytes of the oldest messages go next, whoever is owed them.
    public var bytesBeyondSize: Int64 { max(0, bytes - bytesMax) }

    package init(
        topic: TopicName, messages: Int64, bytes: Int64, bytesMax: Int64, goesByTime: Int64, claims: [Claim]
    ) {
        self.topic = topic
        self.messages = messages
        self.bytes = bytes
        self.bytesMax = bytesMax
        self.goesByTime = goesByTime
        self.claims = claims
    }
}
