import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// Whether an order for the one thing that everybody wants costs more than one of ten thousand things. Both take turns
/// on the same disk. When the hot one is sold out: how many are refused at the door in a second.
struct HotSKUBenchmark {
    private static let submitters = 256

    let settings: BenchmarkSettings
    private let payUntil = World.system.now().advanced(by: .days(1))

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    private var coldCount: Int { settings.pick(trial: 100, usual: 10_000, full: 10_000) }
    private var secondsAtTheDoor: Double { settings.pick(trial: 0.1, usual: 4, full: 4) }

    func run() async throws -> BenchmarkReport {
        let file = try settings.scratchFile("hot-sku")
        defer { file.remove() }
        var hot: [Double] = []
        var cold: [Double] = []
        for turn in 1...3 {
            settings.progress("\(coldCount) cold SKUs, turn \(turn)")
            cold.append(try await rate(OrderTraffic(payUntil: payUntil, skuCount: coldCount), in: file))
            settings.progress("one hot SKU, turn \(turn)")
            hot.append(try await rate(OrderTraffic(payUntil: payUntil, skuCount: 1), in: file))
        }
        settings.progress("the hot SKU is sold out")
        let door = try await refusals(in: file)
        return BenchmarkReport(
            .hotSKU, ratio: median(hot) / median(cold), meaning: "one hot SKU, of ten thousand cold ones",
            goal: .atLeast(0.9), directory: settings.directory,
            figures: [
                .init("orders, one hot SKU", median(hot), "per second"),
                .init("orders, 10,000 cold SKUs", median(cold), "per second"),
                .init("refused at the door, sold out", door, "per second"),
            ])
    }

    private func rate(_ traffic: OrderTraffic, in file: ScratchFile) async throws -> Double {
        file.remove()
        let bench = try BenchEngine(file)
        defer { bench.close() }
        try bench.stock(traffic)
        let watch = Stopwatch()
        let seconds = settings.pick(trial: 0.1, usual: 4.0, full: 20.0)
        let orders = try await bench.submitAll(from: Self.submitters) { number in
            watch.seconds < seconds ? traffic.place(number) : nil
        }
        return Double(orders) / watch.seconds
    }

    /// How many orders are refused in a second without a write.
    private func refusals(in file: ScratchFile) async throws -> Double {
        file.remove()
        let bench = try BenchEngine(file)
        defer { bench.close() }
        let traffic = OrderTraffic(payUntil: payUntil, skuCount: 1)
        _ = bench.engine.perform(traffic.receipts(of: 1))
        _ = bench.engine.perform([traffic.place(0), traffic.place(1)])
        let watch = Stopwatch()
        let tickets = Tickets()
        let refused = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.submitters {
                group.addTask { @concurrent in
                    var count = 0
                    while watch.seconds < secondsAtTheDoor {
                        let reply = await bench.engine.submit(traffic.place(2 + tickets.take()))
                        if case .refused(.soldOut) = reply { count += 1 }
                    }
                    return count
                }
            }
            return await group.reduce(0, +)
        }
        return Double(refused) / watch.seconds
    }
}
