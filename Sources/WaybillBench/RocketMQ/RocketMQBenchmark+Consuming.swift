import Synchronization
import WaybillCore

extension RocketMQBenchmark {
    /// How many messages wait for consumers at the beginning.
    private var waiting: Int { settings.pick(trial: 300, usual: 30_000, full: 200_000) }

    func measureConsuming(_ served: ServedMessages) async throws -> [BenchmarkReport.Figure] {
        for group in ServedMessages.groups + ["push"] { try await served.keep(group: group, of: ServedMessages.topic) }
        let requests = try MessageRequests(to: ServedMessages.topic)
        settings.progress("8 groups receive and acknowledge")
        _ = try await fill(served.target, count: waiting) { requests.send($0) }
        let fanOut = try await consume(
            served.target, groups: ServedMessages.groups, of: ServedMessages.topic, connections: 64,
            until: ConsumersEnd(seconds: length))
        settings.progress("a push consumer acknowledges one by one")
        let push = try await consume(
            served.target, groups: ["push"], of: ServedMessages.topic, connections: 8, oneByOne: true,
            until: ConsumersEnd(seconds: length / 2))
        return [
            .init("received and acknowledged, 8 groups x 8", fanOut, "per second"),
            .init("received, acknowledged one by one, 8 clients", push, "per second"),
        ]
    }

    /// Producers send at a steady rate, and each message is measured from the moment at which it was to be sent: a
    /// stall counts for all that would have been sent during it.
    func measureFlow(
        _ served: ServedMessages, perSecond rate: Double
    ) async throws -> [BenchmarkReport.Figure] {
        settings.progress("send to deliver at half the rate")
        let seconds = settings.pick(trial: 0.2, usual: 5.0, full: 30.0)
        let requests = try MessageRequests(to: ServedMessages.flow)
        try await served.keep(group: "flow", of: ServedMessages.flow)
        let (latencies, end, watch) = (Latencies(), ConsumersEnd(seconds: seconds + 20), Stopwatch())
        async let consumed = consume(
            served.target, groups: ["flow"], of: ServedMessages.flow, connections: 8, until: end
        ) { delivered in
            let due = Double(MessageRequests.number(of: delivered.body)) / rate
            latencies.record(nanoseconds: watch.nanoseconds - Int64(due * 1e9))
        }
        let count = Int(rate * seconds)
        let began = watch.seconds
        let reached = try await ServedShop.onThread {
            let client = try CallClient(to: served.target, connections: Self.connections, each: Self.sendsEach)
            // A consumer knows only the number: it counts from the moment at which the watch began.
            let late = Int(watch.seconds * rate) + 1
            return try client.drive(perSecond: rate, seconds: Double(count) / rate) { requests.send(late + $0) }
        }
        end.expect(count)
        _ = try await consumed
        guard latencies.count >= count else {
            throw BenchmarkFailure(
                "\(latencies.count) of \(count) messages were delivered \(watch.seconds - began) s on")
        }
        let milliseconds = latencies.milliseconds(at: Load.shares)
        return [
            .init("rate for the latencies", reached, "per second"),
            .init("send to deliver p50", milliseconds[0], "ms"),
            .init("send to deliver p99", milliseconds[1], "ms"),
            .init("send to deliver p99.9", milliseconds[2], "ms", goal: .atMost(10)),
        ]
    }

    /// Consumers receive up to 32 messages and acknowledge them, until it is over.
    ///
    /// - Parameters:
    ///   - connections: in all, shared out among the groups.
    ///   - oneByOne: each message is acknowledged in a request alone, all of a batch at once.
    ///   - note: told of each message that has come.
    /// - Returns: acknowledged messages in a second, until the last.
    func consume(
        _ target: CallTarget, groups: [String], of topic: String, connections: Int, oneByOne: Bool = false,
        until end: ConsumersEnd, note: @escaping @Sendable (CallAnswer.Delivered) -> Void = { _ in }
    ) async throws -> Double {
        let consumers = try groups.map { try ConsumerRequests($0, of: topic) }
        return try await ServedShop.onThread {
            let client = try CallClient(to: target, connections: connections, each: 1, first: 1_000)
            let watch = Stopwatch()
            var unanswered = [Int](repeating: 0, count: connections)
            var (count, last) = (0, 0.0)
            _ = try client.drive { slot, answer in
                let consumer = consumers[slot.connection % consumers.count]
                if let answer, answer.procedure == .acknowledge {
                    try answer.requireOK()
                    unanswered[slot.connection] -= 1
                    guard unanswered[slot.connection] == 0 else { return [] }
                }
                let delivered = answer?.procedure == .receive ? try answer?.delivered() ?? [] : []
                guard !delivered.isEmpty else { return end.isReached(count) ? [] : [consumer.receive] }
                delivered.forEach(note)
                count += delivered.count
                last = watch.seconds
                let requests =
                    oneByOne ? delivered.map { consumer.acknowledge([$0]) } : [consumer.acknowledge(delivered)]
                unanswered[slot.connection] = requests.count
                return requests
            }
            return last > 0 ? Double(count) / last : 0
        }
    }
}

/// When consumers have done all that was sent, or have taken long enough.
final class ConsumersEnd: Sendable {
    private let expected = Atomic(Int.max)
    private let watch = Stopwatch()
    private let seconds: Double

    init(seconds: Double) { self.seconds = seconds }

    func expect(_ count: Int) { expected.store(count, ordering: .relaxed) }

    func isReached(_ done: Int) -> Bool {
        done >= expected.load(ordering: .relaxed) || watch.seconds > seconds
    }
}
