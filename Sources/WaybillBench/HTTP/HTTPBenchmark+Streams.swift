import Foundation
import WaybillCore

extension HTTPBenchmark {
    /// What event streams cost: in memory, and for others.
    struct Streams: Sendable {
        /// Streams of an order to which nothing happens.
        var idle: Idle
        /// Streams that get every event.
        var count: Int
        var bytesEach: Double
        /// Events in a second, over all of them.
        var deliveries: Double
        /// p99 of the placements that make the events, in milliseconds.
        var placement: Double
        /// From the answer to the last placement until the last stream has its event, in milliseconds.
        var lag: Double

        var figures: [BenchmarkReport.Figure] {
            [
                .init("idle event streams", Double(idle.count), ""),
                .init("memory of an idle stream", idle.bytesEach, "bytes"),
                .init("1,000 requests a second beside them, p99", idle.beside, "ms"),
                .init("idle streams / alone, p99", idle.beside / max(idle.without, 0.001), ""),
                .init("streams of every event", Double(count), ""),
                .init("memory of a stream of every event", bytesEach, "bytes"),
                .init("events to all of them", deliveries, "per second"),
                .init("placements meanwhile, p99", placement, "ms"),
                .init("the last stream has the last event after", lag, "ms"),
            ]
        }
    }

    private static let ordersPerSecond = 50.0

    /// - Parameter openFilesMax: both ends of a stream are files of this process.
    func streams(_ shop: ServedShop, openFilesMax: Int, without: Double) async throws -> Streams {
        let mayBeOpen = max(2, (openFilesMax - 512) / 2)
        let idle = try await idleStreams(
            shop, count: min(settings.pick(trial: 20, usual: 10_000, full: 10_000), mayBeOpen), without: without)
        let count = min(settings.pick(trial: 10, usual: 1_000, full: 1_000), mayBeOpen)
        settings.progress("\(count) streams get every event")
        let bytesBefore = Machine.residentBytes()
        let crowd = try await ServedShop.onThread { [requests = PlacingRequests(traffic, at: shop.viewing)] in
            try StreamCrowd(port: shop.port, count: count) { _ in requests.get("/v1/events/stream") }
        }
        let bytes = Machine.residentBytes() - bytesBefore
        async let received = ServedShop.onThread { try crowd.receive() }
        let seconds = settings.pick(trial: 0.2, usual: 5.0, full: 15.0)
        let placed: Load
        do {
            placed = try await steady(shop.target, perSecond: Self.ordersPerSecond, seconds: seconds)
        } catch {
            crowd.expect(0)
            throw error
        }
        let answered = Stopwatch()
        crowd.expect(Int(Self.ordersPerSecond * seconds))
        let events = try await received
        return Streams(
            idle: idle, count: count, bytesEach: Double(bytes) / Double(count), deliveries: Double(events) / seconds,
            placement: placed.milliseconds[1], lag: answered.seconds * 1_000)
    }

    private func idleStreams(_ shop: ServedShop, count: Int, without: Double) async throws -> Idle {
        settings.progress("\(count) streams of an order at rest are opened")
        let number = numbers.take()
        let requests = [shop.target, shop.viewing].map { PlacingRequests(traffic, at: $0) }
        let path = "/v1/orders/\(traffic.place(number).order)/stream"
        let bytesBefore = Machine.residentBytes()
        let crowd = try await ServedShop.onThread {
            try LoadConnection(port: shop.port).ask(requests[0].place(number, at: "/v1/orders"), status: 201)
            return try StreamCrowd(port: shop.port, count: count) { requests[$0 % 2].get(path) }
        }
        let bytes = Machine.residentBytes() - bytesBefore
        settings.progress("1,000 requests a second beside them")
        let seconds = settings.pick(trial: 0.2, usual: 5.0, full: 15.0)
        let beside = try await steady(shop.target, perSecond: Self.othersPerSecond, seconds: seconds)
        withExtendedLifetime(crowd) {}
        return Idle(
            count: count, bytesEach: Double(bytes) / Double(count), without: without, beside: beside.milliseconds[1])
    }
}

/// Many open streams, read by one thread.
final class StreamCrowd: @unchecked Sendable {
    // Unchecked: one thread opens it and ends, then another one reads; `expected` is guarded by its lock.
    private let connections: [LoadConnection]
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private let lock = NSLock()
    /// How many events each is to get; nil: it is not known yet.
    private var expected: Int?

    /// Opens them, and returns when all have begun.
    init(port: Int, count: Int, _ request: (Int) -> [UInt8]) throws {
        connections = try (0..<count).map { _ in try LoadConnection(port: port) }
        // Some at a time: a server refuses a caller who has a thousand requests in work.
        for start in stride(from: 0, to: count, by: Self.openedAtATime) {
            let some = start..<min(count, start + Self.openedAtATime)
            for index in some { try connections[index].send(request(index)) }
            for index in some { try connections[index].begin(scratch) }
        }
    }

    private static let openedAtATime = 500

    deinit { scratch.deallocate() }

    func expect(_ events: Int) {
        lock.lock()
        expected = events
        lock.unlock()
    }

    private var wanted: Int? {
        lock.lock()
        defer { lock.unlock() }
        return expected
    }

    /// Reads until each stream has as many events as are expected; answers how many came in all.
    func receive() throws -> Int {
        var counts = [Int](repeating: 0, count: connections.count)
        var matched = counts
        var polled = connections.map { pollfd(fd: $0.file, events: Int16(POLLIN), revents: 0) }
        while true {
            if let wanted, counts.allSatisfy({ $0 >= wanted }) { return counts.reduce(0, +) }
            let ready = poll(&polled, nfds_t(polled.count), 10)
            guard ready >= 0 || errno == EINTR else {
                throw BenchmarkFailure("poll: \(String(cString: strerror(errno)))")
            }
            for index in polled.indices where polled[index].revents != 0 {
                counts[index] += try connections[index].events(scratch, matched: &matched[index])
            }
        }
    }
}

extension LoadConnection {
    /// Reads until the stream has begun.
    fileprivate func begin(_ scratch: UnsafeMutableRawBufferPointer) throws {
        var text = ""
        while !text.contains("retry: 2000") {
            let count = recv(file, scratch.baseAddress, scratch.count, 0)
            guard count > 0, text.count < 4_096 else { throw BenchmarkFailure("a stream did not begin: \(text)") }
            text += String(decoding: scratch[..<count], as: UTF8.self)
            guard text.hasPrefix("HTTP/1.1 200") else { throw BenchmarkFailure("a stream was refused: \(text)") }
        }
    }

    /// Reads what has come, and counts the events that begin in it: each has one line that begins with `ev`.
    ///
    /// - Parameter matched: how much of a line end and `ev` stood at the end of what was read before.
    fileprivate func events(_ scratch: UnsafeMutableRawBufferPointer, matched: inout Int) throws -> Int {
        let count = recv(file, scratch.baseAddress, scratch.count, 0)
        guard count > 0 else { throw BenchmarkFailure("a stream has ended") }
        var events = 0
        for byte in scratch[..<count] {
            switch (byte, matched) {
            case (UInt8(ascii: "\n"), _): matched = 1
            case (UInt8(ascii: "e"), 1): matched = 2
            case (UInt8(ascii: "v"), 2): (events, matched) = (events + 1, 0)
            default: matched = 0
            }
        }
        return events
    }
}
