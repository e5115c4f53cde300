/// What an accepted command changed: all that the fold needs, and nothing to be evaluated.
package struct Outcome: Hashable, Sendable {
    package var left: [Int] = []
    package var entered: [Int] = []
    package var changes: [Change] = []
    package var armed: [Order.PendingTimeout] = []
    package var stopped: [TimeoutName] = []
    package var facts: [ReserveAnswer] = []
    package var movements: [Movement] = []
    package var messages: [OutgoingMessage] = []
    /// Child orders that were spawned.
    package var spawned: [Order.Child] = []
    /// What the order tells its parent and its children, new ones among them, in this order.
    package var relatives: [RelativeCommand] = []
    /// Calls that were made, and those that are not open any more.
    package var called: [OpenCall] = []
    package var settled: [OpenCall.Settled] = []
    /// Calls whose deadline passed, and which stay open.
    package var unanswered: [Int64] = []
    /// The new status, when it changed.
    package var status: Text?
    /// The natural key that the command used up.
    package var remembered: Order.NaturalKey?

    package init() {}

    /// Forgets every field, and keeps the storage.
    mutating func removeAll() {
        left.empty()
        entered.empty()
        changes.empty()
        armed.empty()
        stopped.empty()
        facts.empty()
        movements.empty()
        messages.empty()
        spawned.empty()
        relatives.empty()
        called.empty()
        settled.empty()
        unanswered.empty()
        status = nil
        remembered = nil
    }

    /// One change of the context.
    package enum Change: Hashable, Sendable {
        case field(slot: Int, Value)
        /// A whole element of a keyed collection; its key is field 0.
        case element(collection: Int, [Value])
        case member(collection: Int, key: Text, field: Int, Value)
    }
}

/// A message that an order sends. What is nil follows from the event: see ``Workflow``'s `send`.
package struct OutgoingMessage: Hashable, Sendable {
    package var topic: TopicName
    package var tag: Text?
    package var key: Text?
    package var messageGroup: Text?
    /// JSON; nil: made from the event when it is read.
    package var body: [UInt8]?
    package var properties: [Property]
    /// When it becomes visible; nil: with its commit.
    package var deliverAt: Moment?
    /// It stays hidden until the call that it belongs to is answered.
    package var isHalf = false

    package struct Property: Hashable, Sendable {
        package var name: Text
        package var value: Text

        package init(name: Text, value: Text) {
            self.name = name
            self.value = value
        }
    }

    package init(
        topic: TopicName, tag: Text? = nil, key: Text? = nil, messageGroup: Text? = nil, body: [UInt8]? = nil,
        properties: [Property] = [], deliverAt: Moment? = nil
    ) {
        self.topic = topic
        self.tag = tag
        self.key = key
        self.messageGroup = messageGroup
        self.body = body
        self.properties = properties
        self.deliverAt = deliverAt
    }

    /// 64 bits over everything in it: what the event keeps, so that a changed or missing message is found.
    package var digest: Int64 {
        var digest = Digest()
        digest.add(topic.text)
        digest.add(tag)
        digest.add(key)
        digest.add(messageGroup)
        if let body { digest.add(body) } else { digest.add(0) }
        for property in properties {
            digest.add(property.name)
            digest.add(property.value)
        }
        digest.add(deliverAt?.milliseconds ?? 0)
        if isHalf { digest.add("half") }
        return digest.value
    }
}

extension Array {
    /// Removes all elements and keeps the storage; a few of them leave faster one by one.
    mutating func empty() {
        if count > 8 { removeAll(keepingCapacity: true) }
        while !isEmpty { removeLast() }
    }
}
