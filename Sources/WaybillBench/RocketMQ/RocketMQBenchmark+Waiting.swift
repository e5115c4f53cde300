import WaybillCore

/// What clients that wait, and messages that lie there, cost those who send.
extension RocketMQBenchmark {
    private static let pollsEach = 10
    private static let othersPerSecond = 1_000.0

    /// Handed from one thread to the next, and used by one at a time.
    private struct Waiters: @unchecked Sendable {
        // Unchecked: one thread opens them and ends, then another one lets them go.
        let client: CallClient
    }

    /// Receives that wait for a message, and what they cost in memory and to others.
    ///
    /// - Parameter openFilesMax: both ends of a connection are files of this process.
    func measureIdle(_ served: ServedMessages, openFilesMax: Int) async throws -> [BenchmarkReport.Figure] {
        let connections = min(
            settings.pick(trial: 2, usual: 1_000, full: 1_000), max(1, (openFilesMax - 512) / 2))
        let seconds = settings.pick(trial: 0.1, usual: 3.0, full: 8.0)
        settings.progress("1,000 sends a second alone")
        try await served.keep(group: "idle", of: ServedMessages.idle)
        let poll = try ConsumerRequests("idle", of: ServedMessages.idle, pollSeconds: 20).receive
        let without = try await steady(served, seconds: seconds)
        let count = connections * Self.pollsEach
        settings.progress("\(count) receives wait")
        let before = Machine.residentBytes()
        let waiters = try await ServedShop.onThread {
            let client = try CallClient(
                to: served.target, connections: connections, each: Self.pollsEach, first: 10_000)
            try client.leaveOpen(poll)
            return Waiters(client: client)
        }
        let beside = try await steady(served, seconds: seconds)
        let each = Double(max(0, Machine.residentBytes() - before)) / Double(count)
        let (watch, spent) = (Stopwatch(), Machine.processorSeconds())
        try await watch.wait(untilSeconds: settings.pick(trial: 0.1, usual: 2.0, full: 4.0))
        let share = 100 * (Machine.processorSeconds() - spent) / watch.seconds
        withExtendedLifetime(waiters) {}
        return [
            .init("receives that wait", Double(count), ""),
            .init("memory of one", each, "bytes", goal: .atMost(8_192)),
            .init("processor while they wait", share, "percent of a core", goal: .atMost(5)),
            .init("1,000 sends a second alone, p99", without.milliseconds[1], "ms"),
            .init("beside those that wait, p99", beside.milliseconds[1], "ms"),
        ]
    }

    private func steady(_ served: ServedMessages, seconds: Double) async throws -> Load {
        let requests = try MessageRequests(to: ServedMessages.topic)
        return try await ServedShop.onThread {
            let client = try CallClient(to: served.target, connections: Self.connections, each: 4)
            let rate = try client.drive(perSecond: Self.othersPerSecond, seconds: seconds) { requests.send($0) }
            return Load(rate: rate, milliseconds: client.milliseconds(at: Load.shares))
        }
    }

    /// Sends to a file with a long queue and to one without, in turns.
    func measureBacklog(_ served: ServedMessages) async throws -> [BenchmarkReport.Figure] {
        let requests = try MessageRequests(to: ServedMessages.topic)
        settings.progress("a backlog grows")
        let filled = try await fill(
            served.target, count: settings.pick(trial: 500, usual: 500_000, full: 10_000_000),
            secondsMax: settings.pick(trial: 1, usual: 8, full: .infinity)
        ) { requests.send($0) }
        let empty = try await ServedMessages(try settings.scratchFile("rocketmq-empty"))
        var (loaded, without): ([Double], [Double]) = ([], [])
        do {
            for turn in 1...3 {
                settings.progress("sends beside the backlog, turn \(turn)")
                without.append(try await closed(empty.target, requests, seconds: length / 2).rate)
                loaded.append(try await closed(served.target, requests, seconds: length / 2).rate)
            }
        } catch {
            await empty.end()
            throw error
        }
        await empty.end()
        return [
            .init("backlog, with all that was sent before", Double(numbers.taken + filled), "messages"),
            .init("sent beside the backlog", median(loaded), "per second"),
            .init("sent without it", median(without), "per second"),
            .init("cost of the backlog", 100 * (1 - median(loaded) / median(without)), "percent", goal: .atMost(15)),
        ]
    }
}
