import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// What timeouts cost when a million are pending, and what happens when a hundred thousand are due in one second.
///
/// Those that fire belong to orders that were placed through the engine. The others only have to lie in the tree: they
/// are rows of orders that do not exist, due in the days to come, inserted in bulk.
struct TimeoutsBenchmark {
    static let submitters = 256
    /// Orders a second beside the timeouts: enough to be measured, too few to be what is measured.
    static let besideRate = 1_000.0

    let settings: BenchmarkSettings

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    var pending: Int { settings.pick(trial: 2_000, usual: 1_000_000, full: 1_000_000) }
    /// How many are due in the same second.
    var burst: Int { settings.pick(trial: 500, usual: 100_000, full: 100_000) }

    func run() async throws -> BenchmarkReport {
        let file = try settings.scratchFile("timeouts")
        let bareFile = try settings.scratchFile("timeouts-limit")
        defer {
            file.remove()
            bareFile.remove()
        }
        let world = World.system
        let traffic = OrderTraffic(payUntil: world.now().advanced(by: .days(1)))
        let (changes, fired) = try await measure(file, traffic)
        settings.progress("idle: timeouts one by one")
        let idle = try await latenessWhenIdle(file)
        settings.progress("bare loop over the same rows")
        let limit = try BareTimeoutLoop(source: file, target: bareFile).run()
        return BenchmarkReport(
            .timeouts, ratio: fired.rate / limit, meaning: "of the bare loop, firing",
            directory: settings.directory,
            figures: [
                .init("timeouts pending", Double(pending), ""),
                .init("armed, by commands", changes.armed, "per second"),
                .init("rescheduled", changes.moved, "per second"),
                .init("cancelled", changes.cancelled, "per second"),
                .init("due in the same second", Double(burst), ""),
                .init("all of them fired after", fired.seconds, "s"),
                .init("fired", fired.rate, "per second"),
                .init("fired, bare loop", limit, "per second"),
                .init("fired early", Double(fired.early + idle.early), "", goal: .atMost(0)),
                .init("lateness when idle, p50", idle.p50, "ms"),
                .init("lateness when idle, p99", idle.p99, "ms", goal: .atMost(20)),
                .init("orders beside, p99 before", fired.p99Before, "ms"),
                .init("orders beside, p99 meanwhile", fired.p99Meanwhile, "ms"),
                .init("p99 meanwhile / before", fired.p99Meanwhile / fired.p99Before, "", goal: .atMost(3)),
            ])
    }

    /// Arms, cancels and moves through the engine, then lets the burst come due.
    private func measure(_ file: ScratchFile, _ traffic: OrderTraffic) async throws -> (Changes, Burst) {
        let bench = try BenchEngine(file)
        defer { bench.close() }
        settings.progress("filling the tree with \(pending - burst) timeouts")
        try bench.stock(traffic)
        try fill(bench)
        settings.progress("placing \(burst) orders")
        _ = try await bench.submitAll(from: Self.submitters) { number in
            number < burst ? traffic.place(number) : nil
        }
        settings.progress("cancelling, arming and moving timeouts")
        let changes = try await change(bench, traffic)
        settings.progress("\(burst) timeouts due at once")
        return (changes, try await fireAll(bench, traffic, movedPerSecond: changes.moved))
    }

    /// Timeouts that will not fire today.
    private func fill(_ bench: BenchEngine) throws {
        let perWrite = 20_000
        let count = pending - burst
        let soonest = World.system.now().advanced(by: .days(2))
        var generator = SeededGenerator(seed: 7)
        for first in stride(from: 0, to: count, by: perWrite) {
            try bench.engine.store.write { transaction in
                for owner in first..<min(count, first + perWrite) {
                    let due = soonest.advanced(by: .init(milliseconds: Int64(generator.next() % 864_000_000)))
                    try transaction.insert(
                        TimeoutKey(kind: .order, due: due, owner: Int64(owner) + 1 << 40, name: "pay_due"))
                }
            }
        }
    }
}
