import WaybillCore

extension RocketMQBenchmark {
    /// What producers reach, and what a send costs.
    struct Sending: Sendable {
        /// Messages a second of 64 clients with 16 sends each, and constant answers.
        var rate = 0.0
        var constant = 0.0
        /// p50 and p99.9 of a bare loop's commits, in milliseconds.
        var commit = [0.0, 0.0]
        var figures: [BenchmarkReport.Figure] = []
    }

    func measureSending(_ served: ServedMessages, _ constant: ConstantCalls) async throws -> Sending {
        let requests = try MessageRequests(to: ServedMessages.topic)
        let turns = try await takeTurns(served, constant, requests)
        var sending = Sending(rate: turns.rate, constant: turns.constant)
        settings.progress("messages of 1 KiB")
        let large = try await closed(
            served.target, try MessageRequests(to: ServedMessages.topic, bodyBytes: 1_024), seconds: length)
        settings.progress("batches of 16")
        let batches = try await closed(served.target, requests, each: 2, messages: 16, seconds: length)
        settings.progress("one client")
        let alone = try await closed(served.target, requests, connections: 1, each: 1, seconds: length)
        let aloneConstant = try await closed(
            constant.target, requests, connections: 1, each: 1, as: .constant, seconds: length / 2)
        settings.progress("a bare loop commits")
        sending.commit = try BareCommits.latencies(settings, name: "rocketmq-commits", at: [0.5, 0.999])
        let beyond = alone.milliseconds[0] - sending.commit[0] - aloneConstant.milliseconds[0]
        sending.figures =
            [
                .init("sent, 64 clients x 16, 150 bytes", turns.rate, "per second"),
                .init("constant answer, 64 x 16", turns.constant, "per second"),
            ] + turns.costs + [
                .init("sent, 64 x 16, 1 KiB", large.rate, "per second"),
                .init("sent in batches of 16, 64 x 2", batches.rate, "messages per second"),
                .init("sent, 1 client x 1", alone.rate, "per second"),
                .init("1 x 1 p50", alone.milliseconds[0], "ms"),
                .init("1 x 1 p99", alone.milliseconds[1], "ms"),
                .init("constant answer, 1 x 1 p50", aloneConstant.milliseconds[0], "ms"),
                .init("commit of a bare loop p50", sending.commit[0], "ms"),
                .init("1 x 1 p50 beyond commit and constant answer", beyond, "ms", goal: .atMost(0.15)),
            ]
        return sending
    }

    private struct Turns: Sendable {
        let rate: Double
        let constant: Double
        let costs: [BenchmarkReport.Figure]
    }

    private func takeTurns(
        _ served: ServedMessages, _ constant: ConstantCalls, _ requests: MessageRequests
    ) async throws -> Turns {
        var sent: [Double] = []
        var constants: [Double] = []
        var spent: [ThreadTimes.Kind: Double] = [:]
        var (count, bytes) = (0, 0)
        for turn in 1...3 {
            settings.progress("constant answer, turn \(turn)")
            constants.append(
                try await closed(constant.target, requests, as: .constant, seconds: length / 2).rate)
            settings.progress("sends, turn \(turn)")
            let (times, written, taken) = (ThreadTimes.now(), Machine.writtenBytes(), numbers.taken)
            sent.append(try await closed(served.target, requests, seconds: length).rate)
            let after = ThreadTimes.now()
            for kind in ThreadTimes.Kind.allCases { spent[kind, default: 0] += after.spent(by: kind, since: times) }
            count += numbers.taken - taken
            bytes += Machine.writtenBytes() - written
        }
        func each(_ kind: ThreadTimes.Kind) -> Double { spent[kind, default: 0] * 1e6 / Double(max(1, count)) }
        return Turns(
            rate: median(sent), constant: median(constants),
            costs: [
                .init("processor time of a send: connections", each(.loop), "µs"),
                .init("processor time of a send: writer", each(.writer), "µs"),
                .init("processor time of a send: upkeep", each(.upkeep), "µs"),
                .init("written to the disk for a send", Double(bytes) / Double(max(1, count)), "bytes"),
            ])
    }
}
