import WaybillBroker
public import WaybillCore
import WaybillEngine
import WaybillStore

/// The reads of topics, groups and messages for scripts and virtual worlds, and for closures that can await nothing:
/// the caller's thread waits.
extension Messages {
    /// The visible messages of this id: one, unless its producer has sent it twice.
    public func find(id: MessageID) throws(MessageRefusal) -> [MessageView] {
        try reading { try engine.messages.messages(id: id) }
    }

    /// The visible messages with a key, at most 1,000; the newest when there are more.
    public func find(
        key: String, in topic: TopicName? = nil, limit: Int = 100
    ) throws(MessageRefusal) -> [MessageView] {
        try find(key: Text(key), in: topic, limit: limit)
    }

    /// The same with a key that a view says.
    @_disfavoredOverload
    public func find(
        key: OrderBook.Text, in topic: TopicName? = nil, limit: Int = 100
    ) throws(MessageRefusal) -> [MessageView] {
        try reading { try engine.messages.messages(key: key, in: topic, limit: limit) }
    }

    /// The messages of a topic that became visible at a time or later, in order, at most 1,000.
    public func find(
        in topic: TopicName, from moment: Moment, limit: Int = 100
    ) throws(MessageRefusal) -> [MessageView] {
        try reading { try engine.messages.messages(in: topic, from: moment, limit: limit) }
    }

    /// What is known of the messages of this id, one unless its producer has sent it twice: what the file says, visible
    /// or not, and the deliveries that this process remembers. Of half messages it tells nothing that they say.
    public func trace(id: MessageID) throws(MessageRefusal) -> [MessageTrace] {
        try reading { try engine.messages.trace(id: id) }
    }

    /// What a topic holds, what of it goes next, and whose claims stand in the way; nil: there is no such topic.
    public func retention(of topic: TopicName) throws(MessageRefusal) -> RetentionReport? {
        try reading { try engine.messages.retention(of: topic, at: engine.world.now()) }
    }

    /// The groups, in the order in which they were made.
    public func groups() throws(MessageRefusal) -> [GroupView] {
        try reading {
            var views: [GroupView] = []
            var walk = PageWalk(after: GroupNumber(0), by: \GroupRow.number)
            while let page = try walk.next({ last, limit in
                try engine.store.read { rows in try rows.groups(after: last, limit: limit) }
            }) {
                views += page.filter { $0.deletedAt == nil }.map(view)
            }
            return views
        }
    }

    /// A page of the groups, in the order in which they were made.
    ///
    /// - Parameters:
    ///   - number: of the group after which the page begins.
    ///   - limit: groups that are looked at; deleted ones are not in the page.
    /// - Returns: with the number after which the next page begins; nil: this was the last.
    package func groups(
        after number: Int64, limit: Int
    ) throws(MessageRefusal) -> (groups: [GroupView], next: Int64?) {
        try reading {
            let found = try engine.store.read { rows in try rows.groups(after: GroupNumber(number), limit: limit + 1) }
            let page = found.prefix(limit)
            let next = found.count > limit ? page.last?.number.number : nil
            return (page.filter { $0.deletedAt == nil }.map(view), next)
        }
    }

    /// One group, or nil.
    public func group(_ name: GroupName) throws(MessageRefusal) -> GroupView? {
        try reading { try engine.store.read { rows in try rows.group(name) }.map(view) }
    }

    /// One page of the half messages that are not decided, parked ones included. Nothing of what they say is shown.
    ///
    /// - Parameter token: where the last page ended; nil: from the first.
    public func halfMessages(
        after token: PageToken? = nil, limit: Int = 100
    ) throws(MessageRefusal) -> Page<HalfMessageView> {
        var after: PendingMessageNumber?
        if let token {
            guard let number = token.number(in: Self.halfMessages) else { throw .badCursor }
            after = PendingMessageNumber(number)
        }
        return try reading { [after] in
            let page = try engine.messages.halfMessages(after: after, limit: limit)
            let next = page.last.map { PageToken(number: $0.number, scope: Self.halfMessages) }
            return Page(elements: page.views, next: next)
        }
    }

    /// How far a group is behind, by topic.
    public func lag(of group: GroupName) throws(MessageRefusal) -> [GroupLag] {
        try reading { try engine.lags(of: group).get() }
    }

    /// What a group has given up, the oldest first, at most 1,000.
    public func deadLetters(of group: GroupName, limit: Int = 100) throws(MessageRefusal) -> [DeadLetter] {
        guard let letters = try reading({ try engine.messages.deadLetters(of: group, limit: limit) }) else {
            throw .unknownGroup(group)
        }
        return letters
    }

    /// The lanes in which messages were sent.
    public func lanes() throws(MessageRefusal) -> [LaneView] { try reading { try engine.lanes() } }

    /// The topics after one of them, in the order in which they were made, at most 1,000.
    public func topics(after name: TopicName? = nil, limit: Int = 1_000) throws(MessageRefusal) -> [TopicView] {
        try reading { try engine.messages.topics(after: name, limit: limit) }
    }

    /// One topic, or nil.
    public func topic(_ name: TopicName) throws(MessageRefusal) -> TopicView? {
        try reading { try engine.messages.topic(name) }
    }

    /// What tells pages of the half messages from those of other lists.
    private static var halfMessages: UInt64 {
        var digest = Digest()
        digest.add("half messages")
        return UInt64(bitPattern: digest.value)
    }
}
