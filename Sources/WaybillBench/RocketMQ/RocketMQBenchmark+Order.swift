import WaybillCore
import WaybillTimeouts

/// Messages that wait for others, or for their time.
extension RocketMQBenchmark {
    private static let messageGroups = 10_000
    private static let timersPerSecond = 5_000

    /// One message group of which each message waits for the one before, and many of them.
    ///
    /// - Parameter commitMilliseconds: what half of a bare loop's commits did not exceed.
    func measureFIFO(
        _ served: ServedMessages, commitMilliseconds: Double
    ) async throws -> [BenchmarkReport.Figure] {
        settings.progress("one hot message group")
        try await served.keep(group: "hot", isFIFO: true, of: ServedMessages.fifo)
        let requests = try MessageRequests(to: ServedMessages.fifo, messageGroup: "hot")
        _ = try await fill(served.target, count: settings.pick(trial: 64, usual: 6_000, full: 60_000)) {
            requests.send($0)
        }
        let hot = try await consume(
            served.target, groups: ["hot"], of: ServedMessages.fifo, connections: 1,
            until: ConsumersEnd(seconds: length))
        settings.progress("10,000 message groups")
        try await served.keep(group: "keys", isFIFO: true, of: ServedMessages.fifo)
        _ = try await fill(served.target, count: settings.pick(trial: 300, usual: 20_000, full: 100_000)) { numbers in
            var all = CallRequest(procedure: .send, message: [])
            for number in numbers {
                let key = "key-\(number % Self.messageGroups)"
                all.message += try MessageRequests(to: ServedMessages.fifo, messageGroup: key).send(number).message
            }
            return all
        }
        let keys = try await consume(
            served.target, groups: ["keys"], of: ServedMessages.fifo, connections: 8,
            until: ConsumersEnd(seconds: length))
        return [
            .init("FIFO, one hot message group", hot, "per second", goal: .atLeast(1_000)),
            .init(
                "FIFO, the hot one / commits of a bare loop", hot * commitMilliseconds / 1_000, "", goal: .atLeast(1)),
            .init("FIFO, 10,000 message groups", keys, "per second"),
        ]
    }

    /// Messages that are due at a steady rate, and how late each comes.
    func measureTimers(_ served: ServedMessages) async throws -> [BenchmarkReport.Figure] {
        settings.progress("5,000 delayed messages a second")
        let seconds = settings.pick(trial: 0.1, usual: 3.0, full: 20.0)
        let count = Int(seconds * Double(Self.timersPerSecond))
        try await served.keep(group: "later", of: ServedMessages.later)
        let world = World.system
        let first = world.now().advanced(
            by: Interval(milliseconds: Int64(settings.pick(trial: 500, usual: 3_000, full: 8_000))))
        _ = try await fill(served.target, count: count) { numbers in
            var all = CallRequest(procedure: .send, message: [])
            for number in numbers {
                let due = first.advanced(by: Interval(milliseconds: Int64(number * 1_000 / Self.timersPerSecond)))
                let requests = try MessageRequests(to: ServedMessages.later, due: due)
                all.message += requests.send(Int(due.milliseconds)).message
            }
            return all
        }
        let wereSentInTime = world.now() < first
        let (latencies, end) = (Latencies(), ConsumersEnd(seconds: seconds + 30))
        end.expect(count)
        _ = try await consume(
            served.target, groups: ["later"], of: ServedMessages.later, connections: 8, until: end
        ) { delivered in
            let due = Int64(MessageRequests.number(of: delivered.body))
            latencies.record(nanoseconds: max(0, world.now().milliseconds - due) * 1_000_000)
        }
        guard latencies.count >= count else {
            throw BenchmarkFailure("\(latencies.count) of \(count) delayed messages were delivered")
        }
        let milliseconds = latencies.milliseconds(at: Load.shares)
        return [
            .init(
                "delayed messages, 5,000 a second", Double(count), wereSentInTime ? "" : "some sent after their time"),
            .init("late p50", milliseconds[0], "ms"),
            .init("late p99", milliseconds[1], "ms", goal: .atMost(50)),
        ]
    }
}
