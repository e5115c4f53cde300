import Synchronization
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// What a backup costs orders that come meanwhile: on a large file orders are placed without and beside one, in turn.
struct BackupBenchmark {
    private static let submitters = 256

    let settings: BenchmarkSettings
    private let traffic = OrderTraffic(payUntil: World.system.now().advanced(by: .days(1)))

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    /// Orders in the file before the first pair.
    private var orders: Int { settings.pick(trial: 200, usual: 400_000, full: 2_000_000) }

    /// Orders of a run: the file is more than 20 times as large as what they write.
    private var sample: Int { settings.pick(trial: 100, usual: 15_000, full: 75_000) }

    private var pairs: Int { settings.pick(trial: 1, usual: 7, full: 11) }

    func run() async throws -> BenchmarkReport {
        let file = try settings.scratchFile("backup")
        let copy = try settings.scratchFile("backup-copy")
        defer {
            file.remove()
            copy.remove()
        }
        let bench = try BenchEngine(file)
        defer { bench.close() }
        try bench.stock(traffic)
        settings.progress("growing to \(BenchmarkReport.text(Double(orders))) orders")
        var placed = try await place(orders, after: 0, in: bench)
        try bench.engine.store.checkpointWhenIdle()
        let bytes = file.bytes
        var (alone, beside): ([Double], [Double]) = ([], [])
        var last = BesideRun(rate: 0, logBytesMax: 0, seconds: 0)
        var logBytesMax = 0
        for pair in 1...pairs {
            settings.progress("pair \(pair) of \(pairs)")
            for isBeside in pair.isMultiple(of: 2) ? [true, false] : [false, true] {
                if isBeside {
                    last = try await placeBeside(copy, after: placed, in: bench)
                    beside.append(last.rate)
                    logBytesMax = max(logBytesMax, last.logBytesMax)
                } else {
                    let watch = Stopwatch()
                    alone.append(Double(try await place(sample, after: placed, in: bench)) / watch.seconds)
                }
                placed += sample
            }
        }
        let written = Double(file.bytes - bytes) / Double(2 * pairs)
        return BenchmarkReport(
            .backup, ratio: median(zip(beside, alone).map { $0 / $1 }), meaning: "of the orders without a backup",
            goal: .atLeast(0.9), directory: settings.directory,
            figures: [
                .init("orders", median(alone), "per second"),
                .init("orders, beside a backup", median(beside), "per second"),
                .init("size of the file", Double(bytes) / 1e6, "MB"),
                .init("file, of what a run writes", Double(bytes) / max(1, written), "times"),
                .init("log at most", Double(logBytesMax) / 1e6, "MB", goal: .atMost(Double(Self.logBytesBound) / 1e6)),
                .init("backup whole after", last.seconds, "s"),
            ])
    }

    /// The log is truncated at 16 MiB; until readers have left it grows on.
    private static let logBytesBound = 32 << 20

    private struct BesideRun {
        var rate: Double
        var logBytesMax: Int
        /// Until the copy was whole, synced, checked and named.
        var seconds: Double
    }

    private func placeBeside(
        _ copy: ScratchFile, after first: Int, in bench: BenchEngine
    ) async throws -> BesideRun {
        copy.remove()
        let isWhole = Atomic(false)
        let logBytes = Mutex(0)
        let watch = Stopwatch()
        async let backup = Self.backUp(bench.engine, to: copy.path) { progress in
            let bytes = bench.file.walBytes
            logBytes.withLock { $0 = max($0, bytes) }
            if progress.isComplete { isWhole.store(true, ordering: .relaxed) }
        }
        let count = try await place(sample, after: first, in: bench)
        let rate = Double(count) / watch.seconds
        if isWhole.load(ordering: .relaxed), settings.pick(trial: false, usual: true, full: true) {
            throw BenchmarkFailure("the backup ended before the orders beside it: the file is too small")
        }
        _ = try await backup
        return BesideRun(rate: rate, logBytesMax: logBytes.withLock { $0 }, seconds: watch.seconds)
    }

    private static func backUp(
        _ engine: Engine, to path: String, _ tell: @escaping @Sendable (BackupProgress) -> Void
    ) async throws -> BackupCopy {
        try await BackupLoop(engine, to: path).run(tell)
    }

    private func place(_ count: Int, after first: Int, in bench: BenchEngine) async throws -> Int {
        try await bench.submitAll(from: Self.submitters) { number in
            number < count ? traffic.place(first + number) : nil
        }
    }
}
