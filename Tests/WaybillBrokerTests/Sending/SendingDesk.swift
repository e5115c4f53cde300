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

    func ask<Verb: BrokerVerb>(_ verb: Verb) throws -> BrokerReply<Verb.Answer> { engine.perform(verb) }

    func pass(_ interval: Interval) { engine.advance(to: now.advanced(by: interval)) }

    func make(_ topic: TopicName, _ type: TopicType = .mixed) throws {
        let reply = try ask(CreateTopic(topic, TopicSettings(type: type)))
        guard case .success = reply else { throw StoreFailure(.statement, "\(reply)") }
    }

    func send(_ message: NewMessage) throws -> SentMessage {
        let reply = try ask(Send([message]))
        guard case .success(let sent) = reply, let first = sent.first else {
            throw StoreFailure(.statement, "\(reply)")
        }
        return first
    }

    func prepare(
        _ message: NewMessage, producer: Text = "payments", firstCheck: Interval? = nil
    ) throws -> PreparedMessage {
        let reply = try ask(Prepare(message, producer: producer, firstCheck: firstCheck))
        guard case .success(let prepared) = reply else { throw StoreFailure(.statement, "\(reply)") }
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

extension Engine {
    /// Has several requests done in one write; answers which of them were refused.
    func areRefused(_ verbs: [any BrokerVerb]) -> [Bool] {
        let asked = verbs.map { ask($0) }
        perform(asked.map(\.request))
        return asked.map { $0.isRefused() }
    }

    private func ask(_ verb: some BrokerVerb) -> (request: any Request, isRefused: () -> Bool) {
        let asked = Asked(OfBroker(verb))
        return (asked, { asked.reply?.refusal != nil })
    }
}

extension Result where Failure == MessageRefusal {
    /// The part of a message that was refused; nil: another refusal, or none.
    var flaw: MessageFlaw.Part? {
        guard case .failure(.flawed(let flaw)) = self else { return nil }
        return flaw.part
    }

    var isRefused: Bool { refusal != nil }
}
