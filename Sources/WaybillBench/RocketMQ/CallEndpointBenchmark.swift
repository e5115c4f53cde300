import WaybillCore

/// The clients of ``RocketMQBenchmark`` at a server that runs elsewhere and has the topic `bench`. What is sent stays
/// there.
struct CallEndpointBenchmark {
    let settings: BenchmarkSettings
    let target: CallTarget

    func run() async throws -> BenchmarkReport {
        let clients = RocketMQBenchmark(settings)
        let requests = try MessageRequests(to: ServedMessages.topic)
        settings.progress("heartbeats")
        let heartbeats = try await clients.closed(target, requests, as: .heartbeat, seconds: clients.length)
        settings.progress("sends")
        let sent = try await clients.closed(target, requests, seconds: clients.length)
        settings.progress("messages of 1 KiB")
        let large = try await clients.closed(
            target, try MessageRequests(to: ServedMessages.topic, bodyBytes: 1_024), seconds: clients.length)
        settings.progress("one client")
        let alone = try await clients.closed(target, requests, connections: 1, each: 1, seconds: clients.length)
        settings.progress("a group receives and acknowledges")
        let consumed = try await clients.consume(
            target, groups: ["bench"], of: ServedMessages.topic, connections: 8,
            until: ConsumersEnd(seconds: clients.length))
        return BenchmarkReport(
            .rocketmq, ratio: sent.rate / max(heartbeats.rate, 0.001), meaning: "of the heartbeats that it answers",
            flush: "what the server at \(target.host):\(target.port) does", directory: settings.directory,
            figures: [
                .init("sent, 64 clients x 16, 150 bytes", sent.rate, "per second"),
                .init("sent, 64 x 16, 1 KiB", large.rate, "per second"),
                .init("sent, 1 client x 1", alone.rate, "per second"),
                .init("1 x 1 p50", alone.milliseconds[0], "ms"),
                .init("1 x 1 p99", alone.milliseconds[1], "ms"),
                .init("received and acknowledged, 8 clients", consumed, "per second"),
                .init("heartbeats, 64 x 16", heartbeats.rate, "per second"),
            ])
    }
}
