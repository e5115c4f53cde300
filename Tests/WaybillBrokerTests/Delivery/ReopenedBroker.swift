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

    init(_ change: (inout BrokerSettings) -> Void = { _ in }) throws {
        var settings = BrokerSettings()
        change(&settings)
        self.settings = settings
        file = try TemporaryBrokerFile()
        state = Mutex(try Self.open(file, clock, settings))
    }

    private static func open(
        _ file: TemporaryBrokerFile, _ clock: VirtualClock, _ broker: BrokerSettings
    ) throws -> Engine {
        var settings = Engine.Settings()
        settings.broker = broker
        return try Engine(
            store: try file.open(), workflows: [], world: .virtual(clock, seed: 7), settings: settings
        ) { _ in throw EngineFailure.damaged("no workflow") }
    }

    var engine: Engine { state.withLock { $0 } }

    func restart() throws {
        engine.close()
        try open()
    }

    /// Begins again, after an end.
    func open() throws {
        let opened = try Self.open(file, clock, settings)
        state.withLock { $0 = opened }
    }

    /// Without the end that an orderly stop makes: nothing is written but what was committed.
    func crash() throws {
        engine.store.close()
        try open()
    }

    func ask(_ request: BrokerRequest) async -> BrokerReply { await engine.submit(request) }

    private func expectDone(_ request: BrokerRequest) async throws {
        if let refusal = await ask(request).refusal { throw refusal }
    }

    var driver: DeliveryDriver {
        DeliveryDriver(
            createTopic: { try await self.expectDone(.createTopic($0, TopicSettings(type: $1))) },
            createGroup: { try await self.expectDone(.keepGroup($0, $1)) },
            send: { message in
                let reply = await self.ask(.send([message]))
                guard case .sent(let sent) = reply, let first = sent.first else { throw Unexpected("\(reply)") }
                return first.id
            },
            receive: { await self.engine.receive($0) },
            acknowledge: { await self.ask(.acknowledge($0)).refusal },
            fail: { await self.ask(.fail($0, delay: $1, why: "a test says so")).refusal },
            extend: { await self.ask(.extend($0, by: $1)).refusal },
            deadLetter: { await self.ask(.deadLetter($0, why: "a test says so")).refusal },
            leave: { await self.ask(.leave($0, client: $1)).refusal },
            redrive: { group in
                let reply = await self.ask(.redrive(group, limit: 1_000))
                guard case .redriven(let count) = reply else { throw Unexpected("\(reply)") }
                return count
            },
            lookBack: { group, topic, target, isPreview in
                let reply = await self.ask(.lookBack(group, topic, to: target, isPreview: isPreview))
                guard case .lookedBack(let report) = reply else { throw Unexpected("\(reply)") }
                return report
            },
            closeLane: { lane, end in
                let reply = await self.ask(.closeLane(lane, end))
                guard case .laneClosed(let report) = reply else { throw Unexpected("\(reply)") }
                return report
            },
            lags: { try self.engine.lags(of: $0).get() },
            pass: { self.engine.advance(to: self.clock.now.advanced(by: $0)) },
            restart: { try self.restart() },
            crash: { try self.crash() })
    }
}
