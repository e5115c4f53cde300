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

    /// Asks the broker for a write, and waits for its commit.
    func ask<Answer>(
        _ request: BrokerRequest, _ answer: (BrokerReply) -> Answer?
    ) async throws(MessageRefusal) -> Answer {
        switch await engine.submit(.broker(request)) {
        case .broker(.refused(let refusal)): throw refusal
        case .broker(let reply):
            if let answer = answer(reply) { return answer }
            throw .undone("another reply came to this request")
        case .order, .stock: throw .undone("an order's reply came to a message's request")
        }
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
