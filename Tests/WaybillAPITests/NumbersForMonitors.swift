import Synchronization
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillTimeouts

/// A wall clock that steps, while the time that passes is that of a virtual one.
private final class SteppingClock: Sendable {
    private let clock = VirtualClock(start: APIShop.noon)
    private let ahead = Mutex(Interval(milliseconds: 0))

    func step(by interval: Interval) { ahead.withLock { $0 = interval } }

    var world: World {
        World(
            now: { [self] in clock.now.advanced(by: ahead.withLock { $0 }) },
            uptime: { [clock] in clock.now.since(clock.start) }, random: World.virtual(clock).random,
            virtualClock: clock)
    }
}

/// Numbers of how the server is.
@Suite struct `Metrics` {
    @Test func `are lines of Prometheus, each with its type, and count what happened`() async throws {
        let shop = try APIShop()
        for step in [
            ExampleShop.topic, ExampleShop.group, ExampleShop.message, ExampleShop.receiveBooking, ExampleShop.half,
            ExampleShop.stock, ExampleShop.place,
        ] { await shop.send(step) }
        #expect(await shop.send(.init(get: "/v1/orders/none")).code == "unknown_order")
        // Some are refused by their heads.
        let viewer = Principal(name: "v", grants: [.viewer])
        for _ in 1...2 { #expect(await shop.send(ExampleShop.stock, as: viewer).code == "forbidden") }
        shop.book.advance(by: .minutes(1))
        let text = await shop.send(.init(get: "/metrics")).text
        let lines = text.split(separator: "\n").map(String.init)
        for name in [
            "waybill_commit_duration_seconds", "waybill_intake_waiting", "waybill_http_problems_total",
            "waybill_timeouts_overdue", "waybill_group_lag_messages", "waybill_group_lag_seconds",
            "waybill_dead_letters", "waybill_half_messages", "waybill_wal_bytes", "waybill_clock_held",
        ] {
            #expect(lines.contains { $0.hasPrefix("# TYPE \(name) ") }, "\(name)")
        }
        #expect(lines.contains("waybill_http_problems_total{code=\"unknown_order\"} 1"))
        #expect(lines.contains("waybill_http_problems_total{code=\"forbidden\"} 2"))
        #expect(lines.contains("waybill_half_messages{state=\"half\"} 1"))
        #expect(lines.contains("waybill_group_lag_messages{group=\"shipping\",topic=\"ledger\"} 1"))
        #expect(lines.contains("waybill_group_lag_seconds{group=\"shipping\",topic=\"ledger\"} 60.0"))
        for line in lines where !line.hasPrefix("#") {
            #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
        }
    }

    @Test func `count what is dead and what is late, and say when the clock is held`() async throws {
        let clock = SteppingClock()
        let shop = try APIShop(world: clock.world)
        for step in [ExampleShop.topic, ExampleShop.group, ExampleShop.message, ExampleShop.stock, ExampleShop.place] {
            await shop.send(step)
        }
        let received = try JSON(reading: await shop.send(ExampleShop.receiveBooking).body)
        let receipt = try #require(received["items"]?.elements?.first?["receipt"]?.asText)
        await shop.send(.init(post: "/v1/groups/shipping/dead-letter", "{\"receipts\":[\"\(receipt)\"]}"))
        try await shop.book.holdTimeouts(because: "a test")
        shop.book.advance(by: Interval(milliseconds: 30 * 60_000 + 10_000))
        func lines() async -> [String] {
            await shop.send(.init(get: "/metrics")).text.split(separator: "\n").map(String.init)
        }
        let found = await lines()
        for (age, count) in [("1s", 1), ("10s", 1), ("1m", 0), ("10m", 0)] {
            #expect(found.contains("waybill_timeouts_overdue{kind=\"order\",age=\"\(age)\"} \(count)"), "\(age)")
        }
        #expect(found.contains("waybill_dead_letters{group=\"shipping\"} 1"))
        let writes = shop.book.vitals.writes
        #expect(writes > 5 && found.contains("waybill_commit_duration_seconds_count \(writes)"), "\(writes)")
        #expect(found.contains("waybill_commit_duration_seconds_bucket{le=\"+Inf\"} \(writes)"))
        #expect(found.contains("waybill_clock_held 0"))
        clock.step(by: .hours(2))
        await shop.send(.init(post: "/v1/stock/pen/receive", #"{"quantity":1}"#))
        #expect(await lines().contains("waybill_clock_held 1"))
        #expect(await shop.send(.init(get: "/readyz")).text.contains("the wall clock jumped ahead"))
    }

    @Test func `say by a word how each vital is`() async throws {
        let shop = try APIShop()
        try await shop.book.holdTimeouts(because: "payments are down", by: "eva")
        let health = try JSON(reading: await shop.send(.init(get: "/v1/health")).body)
        #expect(health["word"]?.asText == "warn")
        #expect(health["vitals"]?["hold"]?["value"]?.asText?.contains("payments are down") == true)
        #expect(health["vitals"]?["stopped"]?["word"]?.asText == "ok")
        #expect(health["vitals"]?["hold"]?["word"]?.asText == "warn")
        let ready = await shop.send(.init(get: "/readyz"))
        #expect(ready.status == 200 && ready.text.contains(#""warnings":["timeouts are held"]"#))
        #expect(!ready.text.contains("eva") && !ready.text.contains("payments"), "anyone may ask this")
    }
}
