import Synchronization
import WaybillCore

extension BrokerBenchmark {
    /// What publishers and the consumers of one group reach together, and how long a message takes at half of it.
    struct Flow {
        var rate: Double
        var steadyRate: Double
        var milliseconds: [Double]
        /// What 999 of 1,000 commits of a bare loop did not exceed at the same time of day: the disk's own share.
        var bareMilliseconds: Double
    }

    private static let group: GroupName = "flow"
    /// How long consumers may take for what is left when nobody publishes any more.
    private static let patienceSeconds = 20.0

    func measureFlow() async throws -> Flow {
        let file = try settings.scratchFile("broker")
        defer { file.remove() }
        let bench = try BenchEngine(file)
        defer { bench.close() }
        try await bench.createTopic(Self.topic)
        try await bench.createGroups([Self.group], on: Self.topic)
        settings.progress("64 callers publish, 8 consumers read")
        let rate = try await together(bench)
        settings.progress("latency at half the rate")
        let steady = try await steadily(bench, rate: rate / 2)
        let milliseconds = steady.latencies.milliseconds(at: [0.5, 0.99, 0.999])
        settings.progress("a bare loop commits")
        return Flow(
            rate: rate, steadyRate: steady.rate, milliseconds: milliseconds,
            bareMilliseconds: try BareCommits.latency(settings, name: "broker-commits"))
    }

    /// Messages a second until the last one is acknowledged.
    private func together(_ bench: BenchEngine) async throws -> Double {
        let ending = Ending(patienceSeconds: seconds + Self.patienceSeconds)
        async let consumed = bench.consume(
            [Self.group], consumers: Self.consumers, of: Self.topic, until: ending.isReached)
        let watch = Stopwatch()
        let sent = try await bench.submitAll(from: Self.callers) { [seconds] in
            watch.seconds < seconds ? Self.traffic.send($0) : nil
        }
        ending.expect(sent)
        let (count, took) = try await consumed
        return Double(count) / took
    }

    /// Messages are sent at a steady rate whether or not earlier ones have come, and each is measured from the moment
    /// at which it was to be sent: a stall counts for all that would have been sent during it.
    private func steadily(_ bench: BenchEngine, rate: Double) async throws -> (rate: Double, latencies: Latencies) {
        let length = settings.pick(trial: 0.3, usual: 7.0, full: 30.0)
        let latencies = Latencies()
        let ending = Ending(patienceSeconds: length + Self.patienceSeconds)
        let watch = Stopwatch()
        async let consumed = bench.consume(
            [Self.group], consumers: Self.consumers, of: Self.topic, until: ending.isReached
        ) { delivery in
            let due = Double(MessageTraffic.number(of: delivery)) / rate
            latencies.record(nanoseconds: watch.nanoseconds - Int64(due * 1e9))
        }
        let sent = try await bench.submitSteadily(perSecond: rate, since: watch, Self.traffic.send) { _ in
            watch.seconds >= length
        }
        let sentRate = Double(sent.count) / watch.seconds
        ending.expect(sent.count)
        guard try await consumed.count >= sent.count else {
            throw BenchmarkFailure("not all that was sent was delivered within \(Self.patienceSeconds) s")
        }
        return (sentRate, latencies)
    }
}

/// When consumers have done all that was sent, or have taken too long for it.
private final class Ending: Sendable {
    private let expected = Atomic(Int.max)
    private let watch = Stopwatch()
    private let patienceSeconds: Double

    init(patienceSeconds: Double) { self.patienceSeconds = patienceSeconds }

    func expect(_ count: Int) { expected.store(count, ordering: .relaxed) }

    @Sendable func isReached(_ done: Int) -> Bool {
        done >= expected.load(ordering: .relaxed) || watch.seconds > patienceSeconds
    }
}
