import WaybillCore

/// How many messages the broker publishes durably and delivers, beside a bare loop that appends the same rows; what
/// consumers, dead groups and a backlog cost those who publish; how long a message takes to its consumer.
struct BrokerBenchmark {
    static let callers = 64
    static let consumers = 8
    static let topic: TopicName = "bench"
    static let traffic = MessageTraffic(topic: topic)

    let settings: BenchmarkSettings

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    /// How long each measurement runs.
    var seconds: Double { settings.pick(trial: 0.2, usual: 2.5, full: 20) }

    func run() async throws -> BenchmarkReport {
        let publishing = try await measurePublishing()
        let fanOut = try await measureFanOut()
        let fifo = try await measureFIFO()
        let flow = try await measureFlow()
        let backlog = try await measureBacklog()
        return BenchmarkReport(
            .broker, ratio: publishing.rate / publishing.limit, meaning: "of the bare loop", goal: .atLeast(0.5),
            directory: settings.directory,
            figures: [
                .init("published, 64 callers", publishing.rate, "per second"),
                .init("published, bare loop", publishing.limit, "per second"),
                .init("messages in a write", publishing.perWrite, ""),
                .init("published, 1 caller", publishing.rateOfOne, "per second"),
            ] + publishing.costs + [
                .init("received and acknowledged, 8 groups x 8", fanOut, "per second"),
                .init("FIFO, 10,000 message groups and a hot one", fifo.rate, "per second"),
                .init("FIFO, the hot one of them", fifo.hotRate, "per second"),
                .init("published and consumed at once, 8 consumers", flow.rate, "per second"),
                .init("rate for the latencies", flow.steadyRate, "per second"),
                .init("send to deliver p50", flow.milliseconds[0], "ms"),
                .init("send to deliver p99", flow.milliseconds[1], "ms"),
                .init("send to deliver p99.9", flow.milliseconds[2], "ms", goal: .atMost(10)),
                .init("commit of a bare loop p99.9", flow.bareMilliseconds, "ms"),
                .init("send to deliver p99.9 by it", flow.milliseconds[2] / flow.bareMilliseconds, "times"),
                .init("backlog", Double(backlog.count), "messages"),
                .init("memory, first tenth of the backlog", backlog.mebibytesEarly, "MiB"),
                .init("memory, whole backlog", backlog.mebibytes, "MiB"),
                .init("memory, grown meanwhile", backlog.mebibytes - backlog.mebibytesEarly, "MiB", goal: .atMost(64)),
                .init("published, backlog and dead group", backlog.rate, "per second"),
                .init("published, neither of them", backlog.rateWithout, "per second"),
                .init(
                    "cost to publishers", 100 * (1 - backlog.rate / backlog.rateWithout), "percent", goal: .atMost(15)),
                .init("drained, 8 consumers", backlog.drainRate, "per second"),
                .init("memory, before draining", backlog.mebibytesBeforeDrain, "MiB"),
                .init("memory, drained", backlog.mebibytesDrained, "MiB"),
            ])
    }
}
