import Synchronization
import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// An engine whose writer is a thread, in a world whose uptime moves only when it is told to.
private final class SlowShop: Sendable {
    private final class Uptime: Sendable {
        private let time = Mutex(Interval(milliseconds: 1_000))
        var now: Interval { time.withLock { $0 } }
        func pass(_ milliseconds: Int64) {
            time.withLock { $0 = Interval(milliseconds: $0.milliseconds + milliseconds) }
        }
    }

    let engine: Engine
    private let handled = Mutex(0)
    private let uptime = Uptime()
    private let file: TemporaryBrokerFile

    init() throws {
        file = try TemporaryBrokerFile()
        let world = World(now: { ReopenedBroker.opening }, uptime: { [uptime] in uptime.now }, random: { 7 })
        engine = try Engine(store: try file.open(), workflows: [], world: world) { _ in
            throw EngineFailure.damaged("no workflow")
        }
    }

    func pass(_ milliseconds: Int64) { uptime.pass(milliseconds) }

    func begin() async throws {
        _ = try await engine.submit(CreateTopic("orders", TopicSettings(type: .mixed))).get()
        _ = try await engine.submit(KeepGroup("points", GroupSettings(isFIFO: true))).get()
    }

    func send(_ count: Int) async throws {
        for number in 0..<count {
            let message = NewMessage(to: "orders", body: Array("\(number)".utf8), messageGroup: "k\(number)")
            if let refusal = await engine.submit(Send([message])).refusal { throw refusal }
        }
    }

    /// A command that somebody waits for.
    func receiveGoods() async {
        _ = await engine.submit(StockCommand(.receive(1), of: StockKey(sku: "mug"), caller: "shop"))
    }

    /// Handles all that is there, each message in so many milliseconds.
    func work(milliseconds: Int64) async throws -> Int {
        let reception = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "m", max: 100)
        return try await engine.consume(reception, deadline: .seconds(5)) { [self] _, _, _ in
            pass(milliseconds)
            handled.withLock { $0 += 1 }
        }.get().done
    }

    /// Returns when a module has handled one message and waits for its next turn.
    func moduleWaits() async {
        while handled.withLock({ $0 }) == 0 || engine.waitingModuleCount == 0 { await Task.yield() }
    }
}

@Suite struct `A slow module` {
    @Test func `waits while commands come, until it has rested nine times what it took`() async throws {
        let shop = try SlowShop()
        try await shop.begin()
        try await shop.send(2)
        // Its writes last 6 ms each: after the first it rests, and no time passes here.
        let work = Task { try await shop.work(milliseconds: 6) }
        await shop.moduleWaits()
        for _ in 0..<50 { await shop.receiveGoods() }
        #expect(shop.engine.waitingModuleCount == 1)
        shop.pass(54)
        await shop.receiveGoods()
        #expect(try await work.value == 2)
        shop.engine.close()
    }

    @Test func `is told when the engine closes while it waits`() async throws {
        let shop = try SlowShop()
        try await shop.begin()
        try await shop.send(2)
        let work = Task { try await shop.work(milliseconds: 6) }
        await shop.moduleWaits()
        shop.engine.close()
        await #expect(throws: MessageRefusal.self) { try await work.value }
    }
}
