import WaybillBroker
import WaybillCore
import WaybillEngine

extension BrokerBenchmark {
    private static let groupCount = 8
    private static let messageGroups = 10_000
    private static let hot: Text = "hot"
    /// One message of so many is of the hot message group.
    private static let hotEvery = 10
    private static let batch = 32

    /// Messages that lie there for consumers.
    private var waiting: Int { settings.pick(trial: 500, usual: 30_000, full: 200_000) }

    /// Deliveries a second to eight groups of eight consumers, each of which gets every message.
    func measureFanOut() async throws -> Double {
        let file = try settings.scratchFile("broker")
        defer { file.remove() }
        let bench = try BenchEngine(file)
        defer { bench.close() }
        settings.progress("8 groups of 8 consumers receive and acknowledge")
        try await bench.createTopic(Self.topic)
        let groups = (1...Self.groupCount).map { GroupName(Text("group-\($0)")) }
        try await bench.createGroups(groups, on: Self.topic)
        try await fill(bench, Self.traffic, count: waiting)
        let watch = Stopwatch()
        let consumed = try await bench.consume(groups, consumers: Self.consumers, of: Self.topic) { [seconds] _ in
            watch.seconds > seconds
        }
        return Double(consumed.count) / consumed.seconds
    }

    /// Deliveries a second, one after the other within each message group; a tenth is of a hot one.
    func measureFIFO() async throws -> (rate: Double, hotRate: Double) {
        let file = try settings.scratchFile("broker")
        defer { file.remove() }
        let bench = try BenchEngine(file)
        defer { bench.close() }
        settings.progress("FIFO, 10,000 message groups and a hot one")
        try await bench.createTopic(Self.topic, .fifo)
        try await bench.createGroups(["fifo"], isFIFO: true, on: Self.topic)
        try await fill(bench, Self.traffic, count: waiting) { number in
            number % Self.hotEvery == 0 ? Self.hot : Text("key-\(number % Self.messageGroups)")
        }
        let watch = Stopwatch()
        let hot = Tickets()
        let consumed = try await bench.consume(
            ["fifo"], consumers: Self.consumers, of: Self.topic, until: { [seconds] _ in watch.seconds > seconds }
        ) { delivery in
            if delivery.messageGroup == Self.hot { _ = hot.take() }
        }
        return (Double(consumed.count) / consumed.seconds, Double(hot.taken) / consumed.seconds)
    }

    /// Publishes in batches, as fast as it goes, until so many lie there or so much time has passed; answers how many.
    @discardableResult
    func fill(
        _ bench: BenchEngine, _ traffic: MessageTraffic, count: Int, secondsMax: Double = .infinity,
        messageGroup: @escaping @Sendable (Int) -> Text? = { _ in nil }
    ) async throws -> Int {
        let watch = Stopwatch()
        let batches = try await bench.submitAll(from: 8) { number -> OfBroker<Send>? in
            let first = number * Self.batch
            guard first < count, watch.seconds < secondsMax else { return nil }
            return traffic.send(first..<min(count, first + Self.batch), messageGroup: messageGroup)
        }
        return min(count, batches * Self.batch)
    }
}
