import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// How many orders a second the engine places durably, and how many a bare loop writes in the same rows.
///
/// Engine and loop take turns on the same disk, because its speed drifts; the ratio is that of the medians.
struct OrdersBenchmark {
    static let submitters = 256

    let settings: BenchmarkSettings
    let traffic = OrderTraffic(payUntil: World.system.now().advanced(by: .hours(1)))

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    /// What one turn of the engine came to.
    struct Turn {
        var orders: Int
        var writes: Int
        var spent: Spent
        var bytes: Int

        var rate: Double { Double(orders) / spent.seconds }
    }

    func run() async throws -> BenchmarkReport {
        let file = try settings.scratchFile("orders")
        let bareFile = try settings.scratchFile("orders-limit")
        defer {
            file.remove()
            bareFile.remove()
        }
        var turns: [Turn] = []
        var limits: [(spent: Spent, count: Int)] = []
        for round in 1...3 {
            settings.progress("engine, turn \(round)")
            let turn = try await place(in: file, seconds: settings.pick(trial: 0.1, usual: 5, full: 30))
            turns.append(turn)
            settings.progress("bare loop, turn \(round)")
            let loop = try BareOrderLoop(source: file, target: bareFile, traffic: traffic)
            limits.append(
                (try loop.run(ordersPerWrite: max(1, turn.orders / max(1, turn.writes))), turn.orders))
            file.remove()
            bareFile.remove()
        }
        let rate = median(turns.map(\.rate))
        settings.progress("latency at half the rate")
        let latency = try await latencies(
            in: file, rate: rate / 2, seconds: settings.pick(trial: 0.2, usual: 8, full: 30))
        let orders = Double(turns.map(\.orders).reduce(0, +))
        let limit = median(limits.map { Double($0.count) / $0.spent.seconds })
        return BenchmarkReport(
            .orders, ratio: rate / limit, meaning: "of the bare loop", goal: .atLeast(0.5),
            directory: settings.directory,
            figures: [
                .init("orders", rate, "per second"),
                .init("orders, bare loop", limit, "per second"),
                .init("orders in a write", orders / Double(turns.map(\.writes).reduce(0, +)), ""),
                .init("bytes of an order", Double(turns.map(\.bytes).reduce(0, +)) / orders, "bytes"),
                .init("rate for the latencies", latency.rate, "per second"),
                .init("latency p50", latency.milliseconds[0], "ms"),
                .init("latency p99", latency.milliseconds[1], "ms"),
                .init("latency p99.9", latency.milliseconds[2], "ms"),
            ] + Spent.figures(of: "an order", turns.map { ($0.spent, $0.orders) }, bare: limits))
    }

    /// Lets all submitters place orders for some seconds, each waiting for its answer.
    private func place(in file: ScratchFile, seconds: Double) async throws -> Turn {
        let bench = try BenchEngine(file)
        defer { bench.close() }
        try bench.stock(traffic)
        let bytesBefore = try bytesOfData(bench)
        let writesBefore = bench.engine.writeCount
        let (watch, processor) = (Stopwatch(), ProcessorWatch())
        let orders = try await bench.submitAll(from: Self.submitters) { number in
            watch.seconds < seconds ? traffic.place(number) : nil
        }
        let spent = processor.spent
        return Turn(
            orders: orders, writes: Int(bench.engine.writeCount - writesBefore), spent: spent,
            bytes: try bytesOfData(bench) - bytesBefore)
    }

    /// The size of the file when the WAL is home.
    private func bytesOfData(_ bench: BenchEngine) throws -> Int {
        try bench.engine.store.checkpointWhenIdle()
        return bench.file.bytes
    }
}
