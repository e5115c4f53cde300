import Synchronization
import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

/// A producer that is there to be asked, and what it was asked.
final class ProducerAtDesk: Sendable {
    let desk: SendingDesk
    let session: CheckBackQueue.Session
    private let wakes = Mutex(0)

    init(_ desk: SendingDesk, _ name: Text = "payments") throws {
        self.desk = desk
        let counter = WakeCounter()
        session = try desk.engine.connectProducer(name) { counter.add() }
    }

    /// Takes the questions that wait, as sent; they count from then on.
    func questions(_ limit: Int = 100) throws -> [CheckBack] { try desk.engine.takeCheckBacks(session, limit: limit) }

    func leave() { desk.engine.disconnectProducer(session) }
}

/// How often somebody was woken.
final class WakeCounter: Sendable {
    private let count = Mutex(0)
    func add() { count.withLock { $0 += 1 } }
    var value: Int { count.withLock { $0 } }
}

extension SendingDesk {
    func resolve(
        _ prepared: PreparedMessage, _ resolution: Resolution, in topic: TopicName = "orders"
    ) throws -> BrokerReply<DecidedMessage> {
        try ask(Resolve(prepared.transaction, of: topic, resolution))
    }

    func half(_ prepared: PreparedMessage) throws -> HalfMessageView? {
        try engine.messages.halfMessages(after: nil, limit: 1_000).views.first { $0.id == prepared.id }
    }

    /// Passes time second by second for so long, asking `each` after every step.
    func pass(_ interval: Interval, by step: Interval, _ each: () throws -> Void) rethrows {
        let end = now.advanced(by: interval)
        while now < end {
            pass(step)
            try each()
        }
    }
}

extension Result where Success == DecidedMessage, Failure == MessageRefusal {
    var decision: DecidedMessage? {
        guard case .success(let decision) = self else { return nil }
        return decision
    }
}
