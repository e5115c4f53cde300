/// What `waybill bench` can measure. Each compares itself with its limit, measured in the same run on the same disk.
package enum Benchmark: String, CaseIterable, Sendable {
    case orders
    case flow
    case growth
    case hotSKU = "hot-sku"
    case timeouts
    case registration
    case replay
    case rush
    case startup
    case broker
    case http
    case rocketmq
    case backup

    package var name: String { rawValue }

    package var summary: String {
        switch self {
        case .orders: "256 submitters place orders durably, beside a bare loop that writes the same rows"
        case .broker: "messages of 1 KiB: publish, receive and acknowledge, FIFO, a backlog with a dead group, latency"
        case .http: "orders placed over HTTP by 64 clients, beside the same server with a constant answer; idle clients"
        case .rocketmq:
            "messages sent by RocketMQ clients, beside the constant answer of the same layer; receive, FIFO, delays, "
                + "idle clients"
        case .backup: "orders placed beside a backup of a large file, and without one"
        case .flow: "orders placed, paid and consumed by cart, points and coupons; modules that are slow or down"
        case .growth: "one file grows, and an order costs the same: 10,000 to 400,000 orders, with --full 10 million"
        case .hotSKU: "orders for one thing beside orders for ten thousand; refusals when it is sold out"
        case .registration: "a member registers, and mail and SMS follow: in turn, side by side, handed over"
        case .replay: "a journal is folded from the file to states, and decided again"
        case .rush: "a flash sale: shoppers a second in virtual time; memory, WAL and waits of one in real time"
        case .startup: "a file with a million orders and as many pending timeouts is opened"
        case .timeouts: "a million pending timeouts: arm, cancel, move; 100,000 due in the same second"
        }
    }

    /// Measures, and leaves nothing behind but the report.
    ///
    /// - Throws: ``BenchmarkFailure``, or what the engine throws.
    package func run(_ settings: BenchmarkSettings) async throws -> BenchmarkReport {
        switch self {
        case .orders: try await OrdersBenchmark(settings).run()
        case .broker: try await BrokerBenchmark(settings).run()
        case .http:
            if let target = settings.endpoint {
                try await EndpointBenchmark(settings: settings, target: target).run()
            } else {
                try await HTTPBenchmark(settings).run()
            }
        case .rocketmq:
            if let target = settings.callEndpoint {
                try await CallEndpointBenchmark(settings: settings, target: target).run()
            } else {
                try await RocketMQBenchmark(settings).run()
            }
        case .backup: try await BackupBenchmark(settings).run()
        case .flow: try await FlowBenchmark(settings).run()
        case .growth: try await GrowthBenchmark(settings).run()
        case .hotSKU: try await HotSKUBenchmark(settings).run()
        case .registration: try await RegistrationBenchmark(settings).run()
        case .replay: try await ReplayBenchmark(settings).run()
        case .rush: try await RushBenchmark(settings).run()
        case .startup: try await StartupBenchmark(settings).run()
        case .timeouts: try await TimeoutsBenchmark(settings).run()
        }
    }
}

/// What a benchmark may use.
package struct BenchmarkSettings: Sendable {
    /// Where its files lie while it runs: a real disk.
    package var directory: String
    package var extent: Extent
    /// The server that ``Benchmark/http`` asks; nil: one that it starts.
    package var endpoint: LoadTarget?
    /// The server that ``Benchmark/rocketmq`` asks; nil: one that it starts.
    package var callEndpoint: CallTarget?
    /// Told what is being done, in a few words.
    package var progress: @Sendable (String) -> Void

    package init(
        directory: String = ".", extent: Extent = .usual, progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.directory = directory
        self.extent = extent
        self.progress = progress
    }

    /// How long a benchmark runs, and how big its files grow.
    package enum Extent: Sendable {
        /// As short as can be: whether it still works. Its figures say nothing, so they need no real disk.
        case trial
        /// 60 seconds and 2 GB at most.
        case usual
        /// Longer runs and bigger files.
        case full
    }

    /// What belongs to the extent.
    func pick<Amount>(trial: Amount, usual: Amount, full: Amount) -> Amount {
        switch extent {
        case .trial: trial
        case .usual: usual
        case .full: full
        }
    }

    /// A file of the benchmark, by a name of its own.
    func scratchFile(_ name: String) throws -> ScratchFile {
        try ScratchFile(name, in: directory, mustBeDurable: extent != .trial)
    }
}

/// Why a benchmark has no result.
package struct BenchmarkFailure: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
