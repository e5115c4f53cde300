import ShopModules
import Waybill
import WaybillCore

extension FlowBenchmark {
    /// What one peak of orders cost that modules could not follow, and how fast they worked off what they owed.
    struct Backlog {
        /// Orders a second while the modules were installed and did not work.
        var whileDown: Double
        /// Orders a second whose messages the modules worked off when they came back.
        var drained: Double
        /// Orders a second while each message took each module a millisecond longer.
        var whileSlow: Double
    }

    /// The same peak twice: with modules that are down and come back after it, and with modules that are slow.
    func backlog(in file: ScratchFile) async throws -> Backlog {
        defer { file.remove() }
        let modules = FlowShop.modules()
        try await prepared(for: orders, with: modules, in: file).close()
        let down = try FlowShop(file, traffic)
        let whileDown = try await peak(in: down)
        let watch = Stopwatch()
        try await down.install(modules)
        try await down.drain(modules)
        let drained = Double(orders) / watch.seconds
        down.close()

        let slow = try await prepared(for: orders, with: modules.map { SlowModule($0) }, in: file)
        let whileSlow = try await peak(in: slow)
        slow.close()
        return Backlog(whileDown: whileDown, drained: drained, whileSlow: whileSlow)
    }

    /// Orders a second, placed and paid, whatever the modules do.
    private func peak(in shop: FlowShop) async throws -> Double {
        let watch = Stopwatch()
        let count = orders
        let sold = try await shop.sell { number in number >= count }
        return Double(sold) / watch.seconds
    }

    /// - Parameters:
    ///   - alone: orders a second of the shop that has no modules.
    ///   - followed: orders a second that shop and modules keep up with. A shop's peak is planned at half of that, as
    ///     for latencies: what comes as fast as the machine takes it is worked off no faster than the bare loop could.
    static func figures(_ backlogs: [Backlog], alone: Double, followed: Double) -> [BenchmarkReport.Figure] {
        let down = median(backlogs.map(\.whileDown))
        let drained = median(backlogs.map(\.drained))
        let slow = median(backlogs.map(\.whileSlow))
        return [
            .init("orders, modules down", down, "per second"),
            .init("slowed by modules that are down", max(0, 100 * (1 - down / alone)), "%", goal: .atMost(15)),
            .init("orders, modules slow", slow, "per second"),
            .init("slowed by modules that are slow", max(0, 100 * (1 - slow / alone)), "%", goal: .atMost(15)),
            .init("backlog drained", drained, "orders per second"),
            .init("peak that is planned for", followed / 2, "orders per second"),
            .init("backlog drained, of that peak", drained / (followed / 2), "times as fast", goal: .atLeast(2)),
            .init("backlog drained, of all that the engine takes", drained / down, "times as fast"),
        ]
    }
}

/// A module that takes a millisecond longer for each message.
private struct SlowModule: ShopModule {
    private static let seconds = 0.001

    let module: any ShopModule

    init(_ module: any ShopModule) { self.module = module }

    var name: GroupName { module.name }
    var subscriptions: [Subscription] { module.subscriptions }
    var topics: [TopicName] { module.topics }
    var settings: GroupSettings { module.settings }

    func migrate(_ tables: borrowing ModuleTables) throws { try module.migrate(tables) }

    func handle(_ delivery: Delivery, _ tables: borrowing ModuleTables, _ effects: Effects) throws {
        let watch = Stopwatch()
        while watch.seconds < Self.seconds {}
        try module.handle(delivery, tables, effects)
    }

    func followUp(in book: OrderBook) async throws { try await module.followUp(in: book) }
}
