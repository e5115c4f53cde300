import WaybillCore
import WaybillEngine

extension TimeoutsBenchmark {
    /// Timeouts changed in a second, each by a durable command of its own.
    struct Changes {
        var cancelled: Double
        var armed: Double
        var moved: Double
    }

    private static let timeout: TimeoutName = "pay_due"

    /// Cancels the timeouts of some orders, arms them again, and moves them.
    func change(_ bench: BenchEngine, _ traffic: OrderTraffic) async throws -> Changes {
        let count = settings.pick(trial: burst, usual: burst / 4, full: burst)
        let later = traffic.payUntil.advanced(by: .hours(1))
        let cancelled = try await rate(bench, count) { TimeoutCommand(.cancel, Self.timeout, of: traffic.id($0)) }
        let armed = try await rate(bench, count) { Command(order: traffic.id($0), name: "rearm") }
        let moved = try await rate(bench, count) { TimeoutCommand(.move(to: later), Self.timeout, of: traffic.id($0)) }
        return Changes(cancelled: cancelled, armed: armed, moved: moved)
    }

    /// Moves the timeouts of all orders to one moment.
    func moveAll(_ bench: BenchEngine, _ traffic: OrderTraffic, to due: Moment) async throws {
        _ = try await rate(bench, burst) { TimeoutCommand(.move(to: due), Self.timeout, of: traffic.id($0)) }
    }

    private func rate<Verb: EngineVerb>(
        _ bench: BenchEngine, _ count: Int, _ request: @escaping @Sendable (Int) -> Verb
    ) async throws -> Double where Verb.Reply: RefusableReply {
        let watch = Stopwatch()
        let sent = try await bench.submitAll(from: Self.submitters) { $0 < count ? request($0) : nil }
        return Double(sent) / watch.seconds
    }
}
