import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// An engine without orders, in virtual time, as a producer and an operator see it.
struct SendingDesk {
    static let opening = Moment(milliseconds: 1_760_000_000_000)

    let clock: VirtualClock
    let store: Store
    let engine: Engine

    init(
        store: Store? = nil, seed: UInt64 = 1, at opening: Moment = Self.opening,
        _ change: (inout BrokerSettings) -> Void = { _ in }
    ) throws {
        clock = VirtualClock(start: opening)
        var settings = Engine.Settings()
        change(&settings.broker)
        self.store = try store ?? Store.inMemory()
        engine = try Engine(
            store: self.store, workflows: [], world: .virtual(clock, seed: seed), settings: settings
        ) { _ in throw EngineFailure.damaged("no workflow") }
    }

    var now: Moment { clock.now }

    func ask(_ request: BrokerRequest) throws -> BrokerReply {
        guard case .broker(let reply) = engine.perform([.broker(request)])[0] else {
            throw StoreFailure(.statement, "another's reply")
        }
        return reply
    }

    /// Several requests in one write.
    func ask(_ requests: [BrokerRequest]) -> [BrokerReply] {
        engine.perform(requests.map { .broker($0) }).compactMap { reply in
            guard case .broker(let reply) = reply else { return nil }
            return reply
        }
    }

    func pass(_ interval: Interval) { engine.advance(to: now.advanced(by: interval)) }

    func make(_ topic: TopicName, _ type: TopicType = .mixed) throws {
        let reply = try ask(.createTopic(topic, TopicSettings(type: type)))
        guard case .topic = reply else { throw StoreFailure(.statement, "\(reply)") }
    }

    func send(_ message: NewMessage) throws -> SentMessage {
        let reply = try ask(.send([message]))
        guard case .sent(let sent) = reply, let first = sent.first else { throw StoreFailure(.statement, "\(reply)") }
        return first
    }

    func prepare(
        _ message: NewMessage, producer: Text = "payments", firstCheck: Interval? = nil
    ) throws -> PreparedMessage {
        let reply = try ask(.prepare(message, producer: producer, firstCheck: firstCheck))
        guard case .prepared(let prepared) = reply else { throw StoreFailure(.statement, "\(reply)") }
        return prepared
    }

    /// The bodies that a topic shows to consumers, in the order of its lanes and priorities.
    func visible(in topic: TopicName) throws -> [[UInt8]] {
        try stored(in: topic).map { $0.message.body ?? [] }
    }

    func stored(in topic: TopicName) throws -> [StoredMessage] {
        try store.read { rows in
            guard let number = try rows.topic(topic) else { return [] }
            var messages: [StoredMessage] = []
            for queue in try rows.storedQueues(of: number) {
                messages += try rows.messages(in: queue.number, fromOffset: 0, limit: 10_000)
            }
            return messages
        }
    }

    /// Earlier releases deleted a topic whatever waited for it, and their files may have such topics.
    func deleteAsEarlierReleasesDid(_ topic: TopicName) throws {
        try store.write { transaction in
            let number = try #require(try transaction.topic(topic))
            try transaction.deleteTopic(number, at: now)
        }
    }

    func pending() throws -> [PendingMessageRow] {
        try store.read { try $0.pendingMessages(after: PendingMessageNumber(0), limit: 10_000) }
    }

    func timeouts(_ kind: TimeoutKind) throws -> [TimeoutKey] {
        try store.read { try $0.timeouts(kind, after: nil, limit: 10_000) }
    }
}

extension NewMessage {
    static func sample(_ topic: TopicName = "orders", _ body: [UInt8] = [1]) -> NewMessage {
        NewMessage(to: topic, body: body)
    }

    func with(_ change: (inout NewMessage) -> Void) -> NewMessage {
        var changed = self
        change(&changed)
        return changed
    }
}

extension BrokerReply {
    /// The part of a message that was refused; nil: another refusal, or none.
    var flaw: MessageFlaw.Part? {
        guard case .refused(.flawed(let flaw)) = self else { return nil }
        return flaw.part
    }

    var isRefused: Bool { refusal != nil }
}
