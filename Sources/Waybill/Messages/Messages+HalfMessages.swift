import WaybillBroker
public import WaybillCore
import WaybillEngine
import WaybillStore

/// Half messages: prepared before a local transaction, and visible only when it is known to be done.
extension Messages {
    /// Takes in a half message: durable, and visible to nobody until ``resolve(_:of:_:)``.
    ///
    /// - Parameters:
    ///   - producer: who is asked when the decision does not come; see ``answerChecks(of:_:)``.
    ///   - firstCheck: how long it has before it is asked, at most an hour; nil: as the settings say.
    public func prepare(
        _ message: NewMessage, producer: String, firstCheck: Interval? = nil
    ) async throws(MessageRefusal) -> PreparedMessage {
        try await ask(Prepare(message, producer: Text(producer), firstCheck: firstCheck))
    }

    /// The same for a message that depends on a command to an order of this book: no producer is asked, but the
    /// journal, also after the book was opened anew. The message is committed when a command of this caller with the
    /// message's id as its key has become an event of an order that is among the message's keys. It is rolled back
    /// after the last question, and then the command is refused.
    ///
    /// - Parameters:
    ///   - message: its keys name the order.
    ///   - caller: who sends the command.
    public func prepare(
        _ message: NewMessage, forCommandOf caller: String, firstCheck: Interval? = nil
    ) async throws(MessageRefusal) -> PreparedMessage {
        try await ask(Prepare(message, producer: Text(caller), firstCheck: firstCheck, isAnsweredByJournal: true))
    }

    /// Decides a half message. The first decision counts: the same one again is answered the same, another is refused.
    @discardableResult
    public func resolve(
        _ transaction: String, of topic: TopicName, _ resolution: Resolution
    ) async throws(MessageRefusal) -> DecidedMessage {
        try await resolve(Text(transaction), of: topic, resolution)
    }

    /// The same with the text that preparing gave.
    @_disfavoredOverload
    @discardableResult
    public func resolve(
        _ transaction: OrderBook.Text, of topic: TopicName, _ resolution: Resolution
    ) async throws(MessageRefusal) -> DecidedMessage {
        try await ask(Resolve(transaction, of: topic, resolution))
    }

    /// Begins anew to ask about a message that was parked after its last question.
    @discardableResult
    public func resume(_ transaction: String, of topic: TopicName) async throws(MessageRefusal) -> DecidedMessage {
        try await resume(Text(transaction), of: topic)
    }

    /// The same with the text that preparing gave.
    @_disfavoredOverload
    @discardableResult
    public func resume(
        _ transaction: OrderBook.Text, of topic: TopicName
    ) async throws(MessageRefusal) -> DecidedMessage {
        try await ask(Resume(transaction, of: topic))
    }

    /// Sends a message if, and only if, a local transaction is done.
    ///
    /// The message is prepared first. `local` does the transaction and answers what became of it. When it answers
    /// ``Messages/Resolution/unknown``, throws, or the process ends, the message stays undecided and the producer is
    /// asked: see ``answerChecks(of:_:)``.
    ///
    /// ```swift
    /// let decided = try await messages.sendInTransaction(message, producer: "ledger") { prepared in
    ///     try ledger.book(payment, transaction: prepared.transaction)
    ///     return .commit
    /// }
    /// ```
    public func sendInTransaction(
        _ message: NewMessage, producer: String, firstCheck: Interval? = nil,
        _ local: (PreparedMessage) async throws -> Resolution
    ) async throws -> DecidedMessage {
        let prepared = try await prepare(message, producer: producer, firstCheck: firstCheck)
        let resolution = try await local(prepared)
        return try await resolve(prepared.transaction, of: message.topic, resolution)
    }

    /// One page of the half messages that are not decided, parked ones included. Nothing of what they say is shown.
    ///
    /// - Parameter token: where the last page ended; nil: from the first.
    public func halfMessages(
        after token: PageToken? = nil, limit: Int = 100
    ) async throws(MessageRefusal) -> Page<HalfMessageView> {
        try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.halfMessages(after: token, limit: limit)
        }
    }
}
