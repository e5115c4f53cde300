import WaybillBroker
public import WaybillCore
import WaybillEngine

/// Looking up what topics hold, consumed or not. As everywhere, the calls that are awaited wait on a thread
/// of the engine; those of the same names in `Messages+ReadingHere.swift` on the caller's.
extension Messages {
    /// The visible messages of this id: one, unless its producer has sent it twice.
    public func find(id: MessageID) async throws(MessageRefusal) -> [MessageView] {
        try await readingOnThread { (messages) throws(MessageRefusal) in try messages.find(id: id) }
    }

    /// The visible messages with a key, at most 1,000; the newest when there are more.
    public func find(
        key: String, in topic: TopicName? = nil, limit: Int = 100
    ) async throws(MessageRefusal) -> [MessageView] {
        try await find(key: Text(key), in: topic, limit: limit)
    }

    /// The same with a key that a view says.
    @_disfavoredOverload
    public func find(
        key: OrderBook.Text, in topic: TopicName? = nil, limit: Int = 100
    ) async throws(MessageRefusal) -> [MessageView] {
        try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.find(key: key, in: topic, limit: limit)
        }
    }

    /// The messages of a topic that became visible at a time or later, in order, at most 1,000.
    public func find(
        in topic: TopicName, from moment: Moment, limit: Int = 100
    ) async throws(MessageRefusal) -> [MessageView] {
        try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.find(in: topic, from: moment, limit: limit)
        }
    }

    /// What is known of the messages of this id, one unless its producer has sent it twice: what the file says, visible
    /// or not, and the deliveries that this process remembers. Of half messages it tells nothing that they say.
    public func trace(id: MessageID) async throws(MessageRefusal) -> [MessageTrace] {
        try await readingOnThread { (messages) throws(MessageRefusal) in try messages.trace(id: id) }
    }

    /// What a topic holds, what of it goes next, and whose claims stand in the way; nil: there is no such topic.
    public func retention(of topic: TopicName) async throws(MessageRefusal) -> RetentionReport? {
        try await readingOnThread { (messages) throws(MessageRefusal) in try messages.retention(of: topic) }
    }
}
