import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// Whether an order costs the same in a file of ten thousand and in one of millions: one file grows, and is measured at
/// each power of ten. The limit of the last stop is the first.
struct GrowthBenchmark {
    private static let submitters = 256

    let settings: BenchmarkSettings
    private let traffic = OrderTraffic(payUntil: World.system.now().advanced(by: .days(1)))

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    /// Orders placed at a stop with the clock running.
    private var sample: Int { settings.pick(trial: 100, usual: 40_000, full: 40_000) }

    private var stops: [Int] {
        settings.pick(
            trial: [100, 200], usual: [10_000, 100_000, 400_000], full: [10_000, 100_000, 1_000_000, 10_000_000])
    }

    func run() async throws -> BenchmarkReport {
        let file = try settings.scratchFile("growth")
        defer { file.remove() }
        let bench = try BenchEngine(file)
        defer { bench.close() }
        try bench.stock(traffic)
        var placed = 0
        var rates: [Double] = []
        var figures: [BenchmarkReport.Figure] = []
        for stop in stops {
            settings.progress("growing to \(BenchmarkReport.text(Double(stop))) orders")
            placed += try await place(stop - placed, after: placed, in: bench)
            let before = try bytes(bench)
            settings.progress("measuring at \(BenchmarkReport.text(Double(stop))) orders")
            let watch = Stopwatch()
            let count = try await place(sample, after: placed, in: bench)
            let rate = Double(count) / watch.seconds
            placed += count
            rates.append(rate)
            let name = "with \(BenchmarkReport.text(Double(stop))) orders"
            figures.append(.init("orders, \(name)", rate, "per second"))
            figures.append(.init("bytes of one more, \(name)", Double(try bytes(bench) - before) / Double(count), ""))
        }
        figures.append(.init("size of the file", Double(file.bytes) / 1e6, "MB"))
        figures.append(.init("bytes of an order, all in all", Double(file.bytes) / Double(placed), "bytes"))
        return BenchmarkReport(
            .growth, ratio: (rates.last ?? 0) / (rates.first ?? 1), meaning: "of the first stop, at the last",
            goal: .atLeast(0.7), directory: settings.directory, figures: figures)
    }

    private func place(_ count: Int, after first: Int, in bench: BenchEngine) async throws -> Int {
        try await bench.submitAll(from: Self.submitters) { number in
            number < count ? traffic.place(first + number) : nil
        }
    }

    /// The size of the file when the WAL is home.
    private func bytes(_ bench: BenchEngine) throws -> Int {
        try bench.engine.store.checkpointWhenIdle()
        return bench.file.bytes
    }
}
