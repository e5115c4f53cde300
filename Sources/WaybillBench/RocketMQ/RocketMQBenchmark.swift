import WaybillCore
import WaybillServer
import WaybillTimeouts

/// How many messages a second a server takes durably from RocketMQ clients with 16 sends each under way, beside the
/// constant answer of the same layer; what consumers, delays, message groups, a backlog and idle clients cost. Clients,
/// server and engine share the cores.
///
/// What is compared takes turns, because the machine's speed drifts; ratios are of the medians.
struct RocketMQBenchmark {
    static let connections = 64
    static let sendsEach = 16

    let settings: BenchmarkSettings
    /// Messages are numbered through the whole run.
    let numbers = Tickets()

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    /// How long a turn lasts.
    var length: Double { settings.pick(trial: 0.1, usual: 2, full: 15) }

    func run() async throws -> BenchmarkReport {
        let files = ProcessBounds.raiseOpenFiles()
        let served = try await ServedMessages(try settings.scratchFile("rocketmq"))
        do {
            let constant = try await ConstantCalls(like: served.target)
            let report: BenchmarkReport
            do {
                report = try await measure(served, constant, openFilesMax: files)
            } catch {
                await constant.end()
                throw error
            }
            await constant.end()
            await served.end()
            return report
        } catch {
            await served.end()
            throw error
        }
    }

    private func measure(
        _ served: ServedMessages, _ constant: ConstantCalls, openFilesMax: Int
    ) async throws -> BenchmarkReport {
        let sending = try await measureSending(served, constant)
        let nghttp = try await measureNghttp(served)
        let consuming = try await measureConsuming(served)
        let flow = try await measureFlow(served, perSecond: sending.rate / 2)
        let fifo = try await measureFIFO(served, commitMilliseconds: sending.commit[0])
        let timers = try await measureTimers(served)
        let idle = try await measureIdle(served, openFilesMax: openFilesMax)
        let backlog = try await measureBacklog(served)
        let memory = BenchmarkReport.Figure(
            "memory at most, clients included", Double(Machine.residentBytesMax()) / Double(1 << 20), "MiB",
            goal: .atMost(200))
        return BenchmarkReport(
            .rocketmq, ratio: sending.rate / sending.constant, meaning: "of the constant answer of the same layer",
            goal: .atLeast(0.5), directory: settings.directory,
            figures: sending.figures + nghttp + consuming + flow + fifo + timers + idle + backlog + [memory])
    }

    /// Rate and latencies of one kind of call.
    struct Load: Sendable {
        let rate: Double
        /// p50, p99, p99.9.
        let milliseconds: [Double]

        static let shares = [0.5, 0.99, 0.999]
    }

    /// Clients call and call again for some seconds.
    ///
    /// - Parameter messages: in one request.
    func closed(
        _ target: CallTarget, _ requests: MessageRequests, connections: Int = connections, each: Int = sendsEach,
        messages: Int = 1, as procedure: CalledProcedure = .send, seconds: Double
    ) async throws -> Load {
        try await ServedShop.onThread { [numbers] in
            let client = try CallClient(to: target, connections: connections, each: each)
            let watch = Stopwatch()
            let rate = try client.drive { _, answer in
                if let answer, procedure == .send { try answer.requireOK() }
                guard watch.seconds < seconds else { return [] }
                let first = numbers.take(messages)
                var request = requests.send(first..<first + messages)
                request.procedure = procedure
                return [request]
            }
            return Load(rate: rate * Double(messages), milliseconds: client.milliseconds(at: Load.shares))
        }
    }

    /// Sends `count` messages in batches, as fast as it can. `requests` makes the request for a range of their numbers.
    func fill(
        _ target: CallTarget, count: Int, secondsMax: Double = .infinity,
        _ requests: @escaping @Sendable (Range<Int>) throws -> CallRequest
    ) async throws -> Int {
        let (next, batch) = (Tickets(), 32)
        return try await ServedShop.onThread {
            let client = try CallClient(to: target, connections: 8, each: 4)
            let watch = Stopwatch()
            var sent = 0
            _ = try client.drive { _, answer in
                try answer?.requireOK()
                let first = next.take(batch)
                guard first < count, watch.seconds < secondsMax else { return [] }
                let numbers = first..<min(count, first + batch)
                sent += numbers.count
                return [try requests(numbers)]
            }
            return sent
        }
    }
}
