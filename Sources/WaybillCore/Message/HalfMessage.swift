/// What becomes of a half message, in the word of whoever answers for it.
public enum Resolution: String, Hashable, Sendable, CaseIterable {
    case commit
    case rollback
    /// Not known yet: never taken for a commit. Ask again later.
    case unknown
}

/// A half message that was taken in: durable and visible to nobody.
public struct PreparedMessage: Hashable, Sendable {
    public var id: MessageID
    /// By what it is decided: opaque, good for this message only.
    public var transaction: Text

    package init(id: MessageID, transaction: Text) {
        self.id = id
        self.transaction = transaction
    }
}

/// A half message that was decided, now or earlier in the same way.
public struct DecidedMessage: Hashable, Sendable {
    public var id: MessageID
    public var resolution: Resolution
    /// When it was decided; nil: it is still undecided.
    public var at: Moment?

    package init(id: MessageID, resolution: Resolution, at: Moment?) {
        self.id = id
        self.resolution = resolution
        self.at = at
    }
}

/// The question what became of the local transaction of a half message. Only its own producer sees it.
public struct CheckBack: Hashable, Sendable {
    public var message: NewMessage
    public var id: MessageID
    /// By what it is answered.
    public var transaction: Text
    public var preparedAt: Moment
    /// 1: the first question that is sent about this message.
    public var count: Int64
    /// Whether the message is parked unless this question is answered.
    public var isLast: Bool

    package init(
        message: NewMessage, id: MessageID, transaction: Text, preparedAt: Moment, count: Int64, isLast: Bool
    ) {
        self.message = message
        self.id = id
        self.transaction = transaction
        self.preparedAt = preparedAt
        self.count = count
        self.isLast = isLast
    }
}

/// An undecided half message as operators see it: nothing of what it says.
public struct HalfMessageView: Hashable, Sendable {
    public var id: MessageID
    public var topic: TopicName
    public var producer: Text
    /// By what it is decided.
    public var transaction: Text
    public var preparedAt: Moment
    /// Questions that were sent.
    public var checks: Int64
    /// When the producer is asked next; nil: parked, until an operator looks at it.
    public var nextCheckAt: Moment?
    /// Whether the journal is asked instead of the producer.
    public var isAnsweredByJournal: Bool

    public var isParked: Bool { nextCheckAt == nil }

    package init(
        id: MessageID, topic: TopicName, producer: Text, transaction: Text, preparedAt: Moment, checks: Int64,
        nextCheckAt: Moment?, isAnsweredByJournal: Bool = false
    ) {
        self.id = id
        self.topic = topic
        self.producer = producer
        self.transaction = transaction
        self.preparedAt = preparedAt
        self.checks = checks
        self.nextCheckAt = nextCheckAt
        self.isAnsweredByJournal = isAnsweredByJournal
    }
}
