/// The one clock of the benchmarks: how long something took.
struct Stopwatch: Sendable {
    private let began = ContinuousClock.now

    var seconds: Double { Self.seconds(of: began.duration(to: .now)) }
    var nanoseconds: Int64 { Int64(seconds * 1e9) }

    /// Waits until the given number of seconds has passed since the start, at most a day. Infinity, which is the pace
    /// when nothing was done, ends the benchmark.
    func wait(untilSeconds: Double) async throws {
        guard (0...86_400).contains(untilSeconds) else {
            throw BenchmarkFailure("a step is due after \(untilSeconds) s: too little was done to find a pace")
        }
        try await Task.sleep(until: began.advanced(by: .nanoseconds(Int64(untilSeconds * 1e9))), clock: .continuous)
    }

    private static func seconds(of duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
