import WaybillCore

extension BrokerBenchmark {
    /// What a long queue costs, of which one group reads nothing.
    struct Backlog {
        var count: Int
        var mebibytesEarly: Double
        var mebibytes: Double
        var rate: Double
        var rateWithout: Double
        var drainRate: Double
        var mebibytesBeforeDrain: Double
        var mebibytesDrained: Double
    }

    private static let dead: GroupName = "dead"
    private static let live: GroupName = "live"

    /// How long filling may take unless the benchmark is to be full.
    private var fillSecondsMax: Double { settings.pick(trial: 1, usual: 40, full: .infinity) }
    private var backlogMax: Int { settings.pick(trial: 2_000, usual: 1_000_000, full: 10_000_000) }

    func measureBacklog() async throws -> Backlog {
        let file = try settings.scratchFile("broker")
        let emptyFile = try settings.scratchFile("broker-empty")
        defer {
            file.remove()
            emptyFile.remove()
        }
        let bench = try BenchEngine(file)
        defer { bench.close() }
        let empty = try BenchEngine(emptyFile)
        defer { empty.close() }
        try await bench.createTopic(Self.topic)
        try await bench.createGroups([Self.dead, Self.live], on: Self.topic)
        try await empty.createTopic(Self.topic)
        settings.progress("a backlog grows")
        let first = try await fill(
            bench, Self.traffic, count: backlogMax / 10, secondsMax: fillSecondsMax / 10)
        let early = mebibytes
        let rest = try await fill(
            bench, Self.traffic, count: backlogMax - first, secondsMax: fillSecondsMax * 9 / 10)
        let late = mebibytes
        let rates = try await compare(bench, empty)
        // It has a page cache of its own, which is no part of what draining takes.
        empty.close()
        let before = mebibytes
        settings.progress("8 consumers drain")
        let watch = Stopwatch()
        let drained = try await bench.consume([Self.live], consumers: Self.consumers, of: Self.topic) { [seconds] _ in
            watch.seconds > seconds
        }
        return Backlog(
            count: first + rest, mebibytesEarly: early, mebibytes: late, rate: rates.loaded, rateWithout: rates.empty,
            drainRate: Double(drained.count) / drained.seconds, mebibytesBeforeDrain: before,
            mebibytesDrained: mebibytes)
    }

    private var mebibytes: Double { Double(Machine.residentBytes()) / Double(1 << 20) }

    /// Publishers take turns on both files, because the disk's speed drifts.
    private func compare(_ bench: BenchEngine, _ empty: BenchEngine) async throws -> (loaded: Double, empty: Double) {
        var loaded: [Double] = []
        var without: [Double] = []
        for turn in 1...3 {
            settings.progress("64 callers publish beside the backlog, turn \(turn)")
            without.append(try await empty.publish(Self.traffic, from: Self.callers, seconds: seconds / 2))
            loaded.append(try await bench.publish(Self.traffic, from: Self.callers, seconds: seconds / 2))
        }
        return (median(loaded), median(without))
    }
}
