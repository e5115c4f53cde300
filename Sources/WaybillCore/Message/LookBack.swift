/// Where a group goes on.
public enum LookBackTarget: Hashable, Sendable {
    /// The oldest message that is still there.
    case oldest
    /// After the newest: what waits now is passed over.
    case newest
    /// The first message that became visible at this time or later.
    case time(Moment)
    /// A message that was delivered; of its queue only.
    case message(at: MessagePosition)
}

/// Whether what a look-back brings again may have effects on others: messages that modules send, commands, notices.
public enum LookBackEffects: String, Hashable, Sendable, CaseIterable {
    /// Nothing leaves the modules: the mark of a replayed message shuts their door.
    case shut
    /// What was never done is done now. What was done once has a name, and is not done again.
    case open
}

/// A message's place on its queue, as a text to keep and hand back.
public struct MessagePosition: Identifier {
    public let text: Text
    public init(_ text: Text) { self.text = text }
}

extension MessagePosition {
    package init(_ origin: MessageOrigin) { self.init("\(origin.queue):\(origin.offset)") }

    package var origin: MessageOrigin? {
        let parts = text.string.split(separator: ":")
        guard parts.count == 2, let queue = Int64(parts[0]), let offset = Int64(parts[1]), offset >= 0 else {
            return nil
        }
        return MessageOrigin(queue: queue, offset: offset)
    }
}

extension Delivery {
    /// Where the message lies, for a look-back to it.
    public var position: MessagePosition { MessagePosition(place) }
}

extension MessageView {
    /// Where the message lies, for a look-back to it.
    public var position: MessagePosition { MessagePosition(place) }
}

/// What a look-back does, or would do.
public struct LookBackReport: Hashable, Sendable {
    /// One queue of the topic: a lane and a priority.
    public struct Queue: Hashable, Sendable {
        public var lane: Text
        public var priority: Int
        /// Messages that were finished and come again, marked as replayed.
        public var again: Int64
        /// Messages that were never delivered and are passed over.
        public var passedOver: Int64
        /// When the first of those became visible, and the last.
        public var passedOverFrom, passedOverTo: Moment?
        /// Deliveries in flight: their receipts are worth nothing, and they come again.
        public var recalled: Int64

        package init(lane: Text, priority: Int, again: Int64, passedOver: Int64, recalled: Int64) {
            self.lane = lane
            self.priority = priority
            self.again = again
            self.passedOver = passedOver
            self.recalled = recalled
        }
    }

    public var group: GroupName
    public var topic: TopicName
    /// Nothing was done: this is what would be.
    public var isPreview: Bool
    /// Whether modules may have effects on others by what comes again.
    public var effects: LookBackEffects
    public var queues: [Queue]

    package init(
        group: GroupName, topic: TopicName, isPreview: Bool, effects: LookBackEffects = .shut, queues: [Queue]
    ) {
        self.group = group
        self.topic = topic
        self.isPreview = isPreview
        self.effects = effects
        self.queues = queues
    }
}
