import WaybillBroker
public import WaybillCore
import WaybillEngine

/// Sending: one message or many, at once or later.
extension Messages {
    /// Sends a message; it is durable when this returns.
    ///
    /// With ``NewMessage/messageGroup`` it is a FIFO message, with ``NewMessage/deliverAt`` a delayed one; the topic's
    /// type must allow it.
    @discardableResult
    public func send(_ message: NewMessage) async throws(MessageRefusal) -> SentMessage {
        let sent = try await send([message])
        guard let first = sent.first else { throw .undone("nothing was sent") }
        return first
    }

    /// Sends messages in one commit: all of them, or none.
    @discardableResult
    public func send(_ messages: [NewMessage]) async throws(MessageRefusal) -> [SentMessage] {
        try await ask(Send(messages))
    }

    /// Takes a delayed message back: it is never delivered. Taking it back again answers the same.
    ///
    /// - Throws: ``MessageRefusal/alreadyVisible(at:)`` when it was delivered, ``MessageRefusal/unknownMessage(_:)``
    ///   when that is more than 24 hours ago or the handle is none.
    @discardableResult
    public func recall(_ handle: String, of topic: TopicName) async throws(MessageRefusal) -> MessageID {
        try await recall(Text(handle), of: topic)
    }

    /// The same with the handle that sending gave.
    @_disfavoredOverload
    @discardableResult
    public func recall(_ handle: OrderBook.Text, of topic: TopicName) async throws(MessageRefusal) -> MessageID {
        try await ask(Recall(handle, of: topic))
    }

    /// Gives a delayed message another time, in the past: now; answers the time that it has.
    @discardableResult
    public func reschedule(
        _ handle: String, of topic: TopicName, to due: Moment
    ) async throws(MessageRefusal) -> Moment {
        try await reschedule(Text(handle), of: topic, to: due)
    }

    /// The same with the handle that sending gave.
    @_disfavoredOverload
    @discardableResult
    public func reschedule(
        _ handle: OrderBook.Text, of topic: TopicName, to due: Moment
    ) async throws(MessageRefusal) -> Moment {
        try await ask(Reschedule(handle, of: topic, to: due)).due
    }
}
