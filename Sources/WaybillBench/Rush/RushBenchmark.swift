import FlashSale
import Waybill
import WaybillCore
import WaybillTimeouts

/// How many shoppers a second a rush in virtual time takes through the whole engine, refusals included; and what a
/// whole rush in real time costs in memory and WAL, and how long its placements wait.
///
/// The limit is the same crowd in front of a shop that answers at once and remembers nothing.
struct RushBenchmark {
    let settings: BenchmarkSettings

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    /// How much faster than the clock the crowd in real time is.
    private var hurry: Int { settings.pick(trial: 120, usual: 6, full: 6) }
    private var shoppersInRealTime: Int { settings.pick(trial: 400, usual: 20_000, full: 20_000) }
    private var tail: Interval {
        settings.pick(trial: Interval(milliseconds: 200), usual: .seconds(3), full: .seconds(3))
    }

    func run() async throws -> BenchmarkReport {
        let scenario = try Self.scenario(shoppers: settings.pick(trial: 400, usual: 200_000, full: 1_000_000))
        var virtual: [Double] = []
        var alone: [Double] = []
        for turn in 1...3 {
            settings.progress("\(scenario.shoppers) shoppers in virtual time, turn \(turn)")
            virtual.append(try await rehearse(scenario))
            settings.progress("the crowd alone, turn \(turn)")
            alone.append(try await crowdAlone(scenario))
        }
        settings.progress("\(shoppersInRealTime) shoppers in real time, \(hurry) times as fast")
        let real = try await realTime(Self.scenario(shoppers: shoppersInRealTime))
        return BenchmarkReport(
            .rush, ratio: median(virtual) / median(alone), meaning: "of the crowd alone, without an engine",
            flush: "virtual: no sync, as a rehearsal; real: \(Machine.flush)", directory: settings.directory,
            figures: [
                .init("shoppers, virtual time", median(virtual), "per second", goal: .atLeast(20_000)),
                .init("shoppers, crowd alone", median(alone), "per second"),
                .init("requests, real time", real.requestsPerSecondMax, "per second, at the peak"),
                .init("answer p50", Double(real.report.latency.p50) / 1e3, "ms"),
                .init("answer p99.9", Double(real.report.latency.p999) / 1e3, "ms"),
                .init("placement p99.9", Double(real.report.placements.p999) / 1e3, "ms"),
                .init("WAL at most", Double(real.walBytesMax) / 1e6, "MB", goal: .atMost(32)),
                .init("memory that it took", Double(real.memoryBytes) / 1e6, "MB"),
                .init("oversold", Double(real.report.check.oversold), "units", goal: .atMost(0)),
            ])
    }

    private static func scenario(shoppers: Int) throws -> RushScenario {
        guard let shipped = ScenarioFile.shipped.first(where: { $0.name == "one-item" }) else {
            throw BenchmarkFailure("the scenario one-item is missing")
        }
        var scenario = try ScenarioFile.load(shipped.text, name: "one-item.yaml")
        scenario.crashes.at = []
        // One unit for forty people, whatever the size of the crowd.
        scenario.goods.units = Int64(shoppers / 40)
        scenario.shoppers = shoppers
        return scenario
    }

    /// Shoppers in a second of real time, with the check of every answer.
    private func rehearse(_ scenario: RushScenario) async throws -> Double {
        let file = try settings.scratchFile("rush")
        defer { file.remove() }
        let shop = try await VirtualShop.open(file.path, for: scenario)
        defer { shop.close() }
        let watch = Stopwatch()
        var rush = VirtualRush(scenario, in: shop)
        while try await rush.step(limit: 50_000) {}
        guard let report = rush.report(), report.check.isSound else {
            throw BenchmarkFailure("the rush is not sound: \(rush.report()?.check.findings.first ?? "no report")")
        }
        return Double(scenario.shoppers) / watch.seconds
    }

    private func crowdAlone(_ scenario: RushScenario) async throws -> Double {
        let empty = try await VirtualShop.open(nil, for: scenario)
        defer { empty.close() }
        var shop = empty
        shop.decide = { requests in requests.map { _ in .refused(.soldOut) } }
        shop.free = { _ in 0 }
        let watch = Stopwatch()
        var rush = VirtualRush(scenario, in: shop, judged: false)
        while try await rush.step(limit: 50_000) {}
        return Double(scenario.shoppers) / watch.seconds
    }

    private struct RealTime {
        var report: RushReport
        var requestsPerSecondMax: Double
        var walBytesMax: Int
        var memoryBytes: Int
    }

    private func realTime(_ scenario: RushScenario) async throws -> RealTime {
        let file = try settings.scratchFile("rush-real")
        defer { file.remove() }
        let before = Machine.residentBytes()
        let book = try OrderBook.open(file.path, workflows: [.shipped("flash-sale")].compactMap { $0 })
        defer { book.close() }
        let shop = try await LiveShop.inProcess(
            book, selling: scenario.goods, modules: scenario.modules, hurry: hurry)
        let openedAt = World.system.now()
        let rush = RealRush(scenario, in: shop, hurry: hurry, tail: tail)
        var wal = 0
        var memory = 0
        await rush.run(openedAt: openedAt) { _ in
            wal = max(wal, file.walBytes)
            memory = max(memory, Machine.residentBytes())
        }
        let report = try rush.report(
            from: book, openedAt: openedAt, commandsPerSecond: 0, serverKind: "not measured")
        guard report.check.isSound else {
            throw BenchmarkFailure("the rush is not sound: \(report.check.findings.first ?? "")")
        }
        let peak = Double(report.opening.requests.max() ?? 0) / (report.opening.cellMilliseconds / 1_000)
        return RealTime(
            report: report, requestsPerSecondMax: peak, walBytesMax: wal, memoryBytes: max(0, memory - before))
    }
}
