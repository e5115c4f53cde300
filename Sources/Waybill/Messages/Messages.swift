import WaybillBroker
import WaybillCore
import WaybillEngine

extension OrderBook {
    /// Topics, consumer groups, and the messages between them.
    public var messages: Messages { Messages(engine: engine) }
}

/// The messages of an order book: what orders send, and what anybody else does.
///
/// ```swift
/// let messages = book.messages
/// try await messages.createGroup("service")
/// for try await delivery in messages.deliveries(to: "service", Subscription("order", tags: "paid")) {
///     try await ship(delivery.order)
///     try await messages.acknowledge(delivery)
/// }
/// ```
///
/// Every group gets every message that it subscribes to, at least once; within a group each message goes to one
/// consumer. See <doc:SendAndConsume>.
public struct Messages: Sendable {
    package let engine: Engine

    /// Has a verb of the broker written, and waits for its commit.
    @discardableResult
    func ask<Verb: BrokerVerb>(_ verb: Verb) async throws(MessageRefusal) -> Verb.Answer {
        try await engine.submit(verb).get()
    }

    /// A read on a thread of the engine, where it keeps no other task waiting.
    func readingOnThread<Result>(
        _ body: (Messages) throws(MessageRefusal) -> Result
    ) async throws(MessageRefusal) -> Result {
        try await engine.onThread { (_) throws(MessageRefusal) -> Result in try body(self) }
    }

    /// What a reading comes to when the file cannot be read.
    func reading<Result>(_ body: () throws -> Result) throws(MessageRefusal) -> Result {
        do {
            return try body()
        } catch let refusal as MessageRefusal {
            throw refusal
        } catch {
            throw .undone("\(error)")
        }
    }
}
