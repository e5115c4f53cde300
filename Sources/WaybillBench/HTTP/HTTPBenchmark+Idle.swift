import WaybillCore

extension HTTPBenchmark {
    /// What connections cost that have asked once and wait: in memory, and for others.
    struct Idle: Sendable {
        var count: Int
        var bytesEach: Double
        /// p99 of the others without them, and beside them, in milliseconds.
        var without: Double
        var beside: Double
    }

    /// Handed from one thread to the next, and used by one at a time.
    private struct Idlers: @unchecked Sendable {
        // Unchecked: one thread opens them and ends, then another one uses them.
        let connections: [LoadConnection]
    }

    static let othersPerSecond = 1_000.0

    /// - Parameter openFilesMax: both ends of a connection are files of this process.
    func idle(_ shop: ServedShop, openFilesMax: Int) async throws -> Idle {
        let count = min(settings.pick(trial: 20, usual: 10_000, full: 10_000), max(1, (openFilesMax - 512) / 2))
        let seconds = settings.pick(trial: 0.2, usual: 5.0, full: 15.0)
        settings.progress("1,000 requests a second alone")
        let without = try await steady(shop.target, perSecond: Self.othersPerSecond, seconds: seconds)
        settings.progress("\(count) idle connections are opened")
        let bytesBefore = Machine.residentBytes()
        let requests = PlacingRequests(traffic, at: shop.target)
        let idlers = try await ServedShop.onThread {
            let connections = try (0..<count).map { _ in try LoadConnection(port: shop.port) }
            for connection in connections { try connection.ask(requests.get("/healthz")) }
            return Idlers(connections: connections)
        }
        let bytes = Machine.residentBytes() - bytesBefore
        settings.progress("1,000 requests a second beside them")
        let beside = try await steady(shop.target, perSecond: Self.othersPerSecond, seconds: seconds)
        for connection in idlers.connections { try connection.ask(requests.get("/healthz")) }
        return Idle(
            count: count, bytesEach: Double(bytes) / Double(count), without: without.milliseconds[1],
            beside: beside.milliseconds[1])
    }
}
