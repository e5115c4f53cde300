import WaybillCore
import WaybillEngine
import WaybillTimeouts

extension TimeoutsBenchmark {
    /// What it came to when all were due at once.
    struct Burst {
        var seconds: Double
        var rate: Double
        var early: UInt64
        /// Of orders that are placed at a steady rate, before and while timeouts fire, in milliseconds.
        var p99Before: Double
        var p99Meanwhile: Double
    }

    /// How late timeouts are handled when nothing else happens, in milliseconds.
    struct Lateness {
        var p50: Double
        var p99: Double
        var early: UInt64
    }

    /// Moves all timeouts to one moment, waits for it, and lets orders come at a steady rate before and after.
    func fireAll(_ bench: BenchEngine, _ traffic: OrderTraffic, movedPerSecond: Double) async throws -> Burst {
        let secondsBefore = settings.pick(trial: 0.5, usual: 4.0, full: 4.0)
        let world = World.system
        // Time enough to move them all, however slow the disk has become since the rate was measured.
        let needed = 2 * Double(burst) / movedPerSecond + secondsBefore
        let due = world.now().advanced(by: .init(milliseconds: Int64(needed * 1_000)))
        try await moveAll(bench, traffic, to: due)
        guard world.now() < due else {
            throw BenchmarkFailure("moving \(burst) timeouts took longer than was planned for")
        }

        let firedBefore = bench.engine.lateness.total
        let before = OrderTraffic(payUntil: traffic.payUntil, prefix: "before")
        let quiet = try await bench.submitSteadily(perSecond: Self.besideRate, { before.place($0) }) { _ in
            world.now() >= due
        }
        let watch = Stopwatch()
        let meanwhile = OrderTraffic(payUntil: traffic.payUntil, prefix: "meanwhile")
        var seconds = 0.0
        let busy = try await bench.submitSteadily(perSecond: Self.besideRate, { meanwhile.place($0) }) { sent in
            // To ask costs a turn of the writer's lock.
            guard sent % 50 == 0 else { return false }
            seconds = watch.seconds
            return bench.engine.lateness.total >= firedBefore + UInt64(burst)
        }
        return Burst(
            seconds: seconds, rate: Double(burst) / seconds, early: bench.engine.lateness.early,
            p99Before: quiet.milliseconds(at: [0.99])[0], p99Meanwhile: busy.milliseconds(at: [0.99])[0])
    }

    /// Places orders whose timeouts come due one after the other while nothing else happens.
    func latenessWhenIdle(_ file: ScratchFile) async throws -> Lateness {
        let bench = try BenchEngine(file)
        defer { bench.close() }
        let count = settings.pick(trial: 50, usual: 1_000, full: 1_000)
        let seconds = settings.pick(trial: 0.5, usual: 4.0, full: 20.0)
        let traffic = OrderTraffic(payUntil: World.system.now(), prefix: "idle")
        let first = World.system.now().advanced(by: .seconds(2))
        _ = try await bench.submitAll(from: Self.submitters) { number -> Command? in
            guard number < count else { return nil }
            let after = Interval(milliseconds: Int64(Double(number) / Double(count) * seconds * 1_000))
            return traffic.place(number, payUntil: first.advanced(by: after))
        }
        let watch = Stopwatch()
        var waited = seconds
        while bench.engine.lateness.total < count {
            try await watch.wait(untilSeconds: waited)
            waited += 0.2
            guard waited < 10 * seconds else { throw BenchmarkFailure("timeouts that are due do not fire") }
        }
        let lateness = bench.engine.lateness
        return Lateness(
            p50: Double(lateness.quantile(0.5).milliseconds), p99: Double(lateness.quantile(0.99).milliseconds),
            early: lateness.early)
    }
}
