import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// How long an engine takes to open a file with a million orders and as many pending timeouts, and what memory it
/// holds.
///
/// The limit is what SQLite takes to open the same file and to answer the two questions without which no engine can
/// begin: where the journal ends, and which timeout is due first.
struct StartupBenchmark {
    static let orders = 1_000_000
    static let submitters = 256

    let settings: BenchmarkSettings

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    func run() async throws -> BenchmarkReport {
        let file = try settings.scratchFile("startup")
        defer { file.remove() }
        let count = settings.pick(trial: 500, usual: Self.orders, full: 5 * Self.orders)
        settings.progress("making a file with \(count) orders")
        let traffic = OrderTraffic(payUntil: World.system.now().advanced(by: .days(1)))
        try await OrderMultiplier(file, traffic).multiply(to: count)

        settings.progress("opening it")
        var bare: [Double] = []
        var engine: [Double] = []
        var firstOrder: [Double] = []
        for turn in 0..<5 {
            bare.append(try openBare(file))
            let watch = Stopwatch()
            let bench = try BenchEngine(file)
            engine.append(watch.seconds)
            try await bench.submit(OrderTraffic(payUntil: traffic.payUntil, prefix: "first").place(turn))
            firstOrder.append(watch.seconds)
            bench.close()
        }
        let memory = try await memory(file, traffic)
        return BenchmarkReport(
            .startup, ratio: median(bare) / median(engine), meaning: "of SQLite alone", directory: settings.directory,
            figures: [
                .init("orders, and timeouts pending", Double(count), ""),
                .init("size of the file", Double(file.bytes) / 1e6, "MB"),
                .init("opened after", median(engine) * 1e3, "ms", goal: .atMost(1_000)),
                .init("opened after, SQLite alone", median(bare) * 1e3, "ms"),
                .init("first order durable after", median(firstOrder) * 1e3, "ms", goal: .atMost(1_000)),
                .init("resident memory, opened", memory.opened, "MB"),
                .init("resident memory, at most, under load", memory.atMost, "MB", goal: .atMost(150)),
            ])
    }

    private func openBare(_ file: ScratchFile) throws -> Double {
        let watch = Stopwatch()
        let connection = try BareConnection(file.path)
        _ = try connection.integer("SELECT position FROM event ORDER BY position DESC LIMIT 1")
        _ = try connection.integer("SELECT due FROM timeout WHERE kind = 1 ORDER BY due LIMIT 1")
        return watch.seconds
    }

    /// The memory of this whole process: right after opening, and at most in its life, in MB.
    private func memory(_ file: ScratchFile, _ traffic: OrderTraffic) async throws -> (opened: Double, atMost: Double) {
        settings.progress("placing orders for a while")
        let bench = try BenchEngine(file)
        defer { bench.close() }
        let opened = Machine.residentBytes()
        let later = OrderTraffic(payUntil: traffic.payUntil, prefix: "later")
        let watch = Stopwatch()
        let seconds = settings.pick(trial: 0.1, usual: 5.0, full: 30.0)
        _ = try await bench.submitAll(from: Self.submitters) { number in
            watch.seconds < seconds ? later.place(number) : nil
        }
        return (Double(opened) / 1e6, Double(Machine.residentBytesMax()) / 1e6)
    }
}
