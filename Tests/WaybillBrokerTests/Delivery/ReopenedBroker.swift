import Synchronization
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// An engine over a file, in virtual time, that can end and begin again.
final class ReopenedBroker: Sendable {
    static let opening = Moment(milliseconds: 1_760_000_000_000)

    let clock = VirtualClock(start: opening)
    private let file: TemporaryBrokerFile
    private let settings: BrokerSettings
    private let state: Mutex<Engine>
    /// Each opening rolls other dice: numbers that come again would make receipts equal that are not.
    private let openings = Atomic(UInt64(7))

    init(_ change: (inout BrokerSettings) -> Void = { _ in }) throws {
        var settings = BrokerSettings()
        change(&settings)
        self.settings = settings
        file = try TemporaryBrokerFile()
        state = Mutex(try Self.open(file, clock, settings, seed: 7))
    }

    private static func open(
        _ file: TemporaryBrokerFile, _ clock: VirtualClock, _ broker: BrokerSettings, seed: UInt64
    ) throws -> Engine {
        var settings = Engine.Settings()
        settings.broker = broker
        return try Engine(
            store: try file.open(), workflows: [], world: .virtual(clock, seed: seed), settings: settings
        ) { _ in throw EngineFailure.damaged("no workflow") }
    }

    var engine: Engine { state.withLock { $0 } }

    func restart() throws {
        engine.close()
        try open()
    }

    /// Begins again, after an end.
    func open() throws {
        let seed = openings.add(1, ordering: .relaxed).newValue
        let opened = try Self.open(file, clock, settings, seed: seed)
        state.withLock { $0 = opened }
    }

    /// Without the end that an orderly stop makes: nothing is written but what was committed.
    func crash() throws {
        engine.store.close()
        try open()
    }

    func ask<Verb: BrokerVerb>(_ verb: Verb) async -> BrokerReply<Verb.Answer> { await engine.submit(verb) }

    private func refusal(of verb: some BrokerVerb) async -> FaceRefusal? {
        await ask(verb).refusal.map { FaceRefusal($0) }
    }

    private func expectDone(_ verb: some BrokerVerb) async throws {
        _ = try await ask(verb).get()
    }

    var driver: DeliveryDriver {
        DeliveryDriver(
            createTopic: { try await self.expectDone(CreateTopic($0, TopicSettings(type: $1))) },
            createGroup: { try await self.expectDone(KeepGroup($0, $1)) },
            send: { message in
                let reply = await self.ask(Send([message]))
                guard case .success(let sent) = reply, let first = sent.first else { throw Unexpected("\(reply)") }
                return first.id
            },
            receive: { await self.engine.receive($0).mapError { FaceRefusal($0) } },
            acknowledge: { await self.refusal(of: Acknowledge($0)) },
            fail: { await self.refusal(of: Fail($0, delay: $1, why: "a test says so")) },
            extend: { await self.refusal(of: Extend($0, by: $1)) },
            deadLetter: { await self.refusal(of: GiveUp($0, why: "a test says so")) },
            leave: { await self.refusal(of: Leave($0, client: $1)) },
            redrive: { group in
                let reply = await self.ask(Redrive(group, limit: 1_000))
                guard case .success(let count) = reply else { throw Unexpected("\(reply)") }
                return count
            },
            lookBack: { group, topic, target, isPreview in
                let reply = await self.ask(LookBack(group, topic, to: target, isPreview: isPreview))
                guard case .success(let report) = reply else { throw Unexpected("\(reply)") }
                return report
            },
            closeLane: { lane, end in
                let reply = await self.ask(CloseLane(lane, end))
                guard case .success(let report) = reply else { throw Unexpected("\(reply)") }
                return report
            },
            lags: { try self.engine.lags(of: $0).get() },
            pass: { self.engine.advance(to: self.clock.now.advanced(by: $0)) },
            restart: { try self.restart() },
            crash: { try self.crash() })
    }
}
