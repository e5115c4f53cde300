import Synchronization
import WaybillCore
import WaybillServer
import WaybillTimeouts

/// How many orders a second a server places durably for 64 clients, and how many requests it answers with a constant
/// through the same connections, headers, token and body. Client, server and engine share the cores.
///
/// Bare route, constant, placements and those without HTTP take turns, because the machine's speed drifts; ratios are
/// of the medians.
struct HTTPBenchmark {
    static let clients = 64

    let settings: BenchmarkSettings
    let traffic: OrderTraffic
    /// Orders are numbered through the whole run: each is placed once.
    let numbers = Tickets()

    /// - Parameter prefix: sets the ids of its orders apart from those that the server has.
    init(_ settings: BenchmarkSettings, prefix: String = "2025") {
        self.settings = settings
        traffic = OrderTraffic(payUntil: World.system.now().advanced(by: .hours(1)), prefix: prefix)
    }

    func run() async throws -> BenchmarkReport {
        let files = ProcessBounds.raiseOpenFiles()
        let shop = try await ServedShop(try settings.scratchFile("http"), traffic)
        let figures: [BenchmarkReport.Figure]
        let ratio: Double
        do {
            (ratio, figures) = try await measure(shop, openFilesMax: files)
        } catch {
            await shop.end()
            throw error
        }
        await shop.end()
        return BenchmarkReport(
            .http, ratio: ratio, meaning: "of the same server with a constant answer", goal: .atLeast(0.5),
            directory: settings.directory, figures: figures)
    }

    private func measure(
        _ shop: ServedShop, openFilesMax: Int
    ) async throws -> (ratio: Double, [BenchmarkReport.Figure]) {
        let turns = try await takeTurns(shop)
        settings.progress("one connection")
        let alone = try await closed(shop.target, connections: 1, at: "/v1/orders", seconds: length / 2)
        settings.progress("latency at half the rate")
        let steady = try await steady(
            shop.target, perSecond: turns.placed / 2, seconds: settings.pick(trial: 0.2, usual: 5, full: 30))
        settings.progress("a bare loop commits")
        let bareCommit = try BareCommits.latency(settings, name: "http-commits")
        settings.progress("consumers receive and acknowledge")
        let consumed = try await consume(shop.target)
        settings.progress("single orders are read")
        let read = try await reads(shop.target)
        let idle = try await idle(shop, openFilesMax: openFilesMax)
        let streams = try await streams(shop, openFilesMax: openFilesMax, without: idle.without)
        return (
            turns.placed / turns.constant,
            [
                .init("orders placed, 64 connections", turns.placed, "per second"),
                .init("orders placed, 64 callers, no HTTP", turns.embedded, "per second"),
                .init("orders placed / those without HTTP", turns.placed / turns.embedded, ""),
                .init("those without HTTP / constant answer", turns.embedded / turns.constant, ""),
                .init("constant answer", turns.constant, "per second"),
                .init(
                    "constant answer / bare Hummingbird", turns.constant / turns.bare, "", goal: .atLeast(0.7)),
                .init("bare Hummingbird", turns.bare, "per second"),
                .init("processor time of a placement", turns.microsecondsPlaced, "µs, with its client"),
                .init("processor time of a constant answer", turns.microsecondsConstant, "µs, with its client"),
                .init("orders placed, 1 connection", alone.rate, "per second"),
                .init("1 connection p50", alone.milliseconds[0], "ms"),
                .init("1 connection p99", alone.milliseconds[1], "ms"),
                .init("rate for the latencies", steady.rate, "per second"),
                .init("at that rate p50", steady.milliseconds[0], "ms"),
                .init("at that rate p99.9", steady.milliseconds[2], "ms"),
                .init("commit of a bare loop p99.9", bareCommit, "ms"),
                .init("received and acknowledged, 64 connections", consumed, "per second"),
                .init("orders read, 64 connections", read.rate, "per second"),
                .init("a read of one p99", read.milliseconds[1], "ms"),
                .init("idle connections", Double(idle.count), ""),
                .init("memory of one", idle.bytesEach, "bytes", goal: .atMost(16_384)),
                .init("1,000 requests a second, p99", idle.without, "ms"),
                .init("beside the idle, p99", idle.beside, "ms"),
                .init(
                    "beside the idle / alone, p99", idle.beside / max(idle.without, 0.001), "", goal: .atMost(2)),
            ] + streams.figures
        )
    }

    /// How long a turn lasts.
    var length: Double { settings.pick(trial: 0.1, usual: 4, full: 15) }

    private func takeTurns(_ shop: ServedShop) async throws -> Turns {
        let route = try await BareRoute()
        var placed: [Load] = []
        var constant: [Load] = []
        var bare: [Load] = []
        var embedded: [Double] = []
        do {
            for turn in 1...3 {
                settings.progress("bare Hummingbird, turn \(turn)")
                bare.append(try await closed(shop.target.at(port: route.port), at: BareRoute.path, seconds: length / 2))
                settings.progress("constant answer, turn \(turn)")
                constant.append(try await closed(shop.target, at: ConstantAnswer.path, seconds: length / 2))
                settings.progress("orders, turn \(turn)")
                placed.append(try await closed(shop.target, at: "/v1/orders", seconds: length))
                settings.progress("orders without HTTP, turn \(turn)")
                embedded.append(try await self.embedded(shop, seconds: length / 2))
            }
        } catch {
            await route.end()
            throw error
        }
        await route.end()
        return Turns(
            placed: median(placed.map(\.rate)), constant: median(constant.map(\.rate)),
            bare: median(bare.map(\.rate)), embedded: median(embedded),
            microsecondsPlaced: median(placed.map(\.microseconds)),
            microsecondsConstant: median(constant.map(\.microseconds)))
    }

    /// Requests in a second, and what one costs the cores, the client's part included.
    private struct Turns {
        let placed: Double
        let constant: Double
        let bare: Double
        /// Placed by as many callers of the same book, without HTTP.
        let embedded: Double
        let microsecondsPlaced: Double
        let microsecondsConstant: Double
    }

    /// Rate and latencies of one kind of request.
    struct Load: Sendable {
        let rate: Double
        /// p50, p99, p99.9.
        let milliseconds: [Double]
        /// Processor time of one request.
        var microseconds = 0.0

        static let shares = [0.5, 0.99, 0.999]
    }

    /// Each connection places order after order for some seconds.
    func closed(
        _ target: LoadTarget, connections: Int = clients, at path: StaticString, seconds: Double
    ) async throws -> Load {
        let requests = PlacingRequests(traffic, at: target)
        return try await ServedShop.onThread { [numbers] in
            let client = try LoadClient(to: target, connections: connections)
            let (watch, before) = (Stopwatch(), Machine.processorSeconds())
            let rate = try client.drive { _, _ in
                watch.seconds < seconds ? requests.place(numbers.take(), at: path) : nil
            }
            let spent = (Machine.processorSeconds() - before) * 1e6 / Double(max(1, client.nanoseconds.count))
            return Load(rate: rate, milliseconds: client.milliseconds(at: Load.shares), microseconds: spent)
        }
    }

    /// Orders come at a steady rate, on as many connections.
    func steady(_ target: LoadTarget, perSecond rate: Double, seconds: Double) async throws -> Load {
        let requests = PlacingRequests(traffic, at: target)
        return try await ServedShop.onThread { [numbers] in
            let client = try LoadClient(to: target, connections: Self.clients)
            let reached = try client.drive(perSecond: rate, seconds: seconds) { _ in
                requests.place(numbers.take(), at: "/v1/orders")
            }
            return Load(rate: reached, milliseconds: client.milliseconds(at: Load.shares))
        }
    }
}
