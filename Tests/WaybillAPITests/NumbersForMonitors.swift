import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// Numbers of how the server is.
@Suite struct `Metrics` {
    @Test func `are lines of Prometheus, each with its type, and count what happened`() async throws {
        let shop = try APIShop()
        for step in [
            ExampleShop.topic, ExampleShop.group, ExampleShop.message, ExampleShop.receiveBooking, ExampleShop.half,
            ExampleShop.stock, ExampleShop.place,
        ] { await shop.send(step) }
        #expect(await shop.send(.init(get: "/v1/orders/none")).code == "unknown_order")
        shop.book.advance(by: .minutes(1))
        let text = await shop.send(.init(get: "/metrics")).text
        let lines = text.split(separator: "\n").map(String.init)
        for name in [
            "waybill_commit_duration_seconds", "waybill_intake_waiting", "waybill_refusals_total",
            "waybill_timeouts_overdue", "waybill_group_lag_messages", "waybill_group_lag_seconds",
            "waybill_dead_letters", "waybill_half_messages", "waybill_wal_bytes", "waybill_clock_held",
        ] {
            #expect(lines.contains { $0.hasPrefix("# TYPE \(name) ") }, "\(name)")
        }
        #expect(lines.contains("waybill_refusals_total{code=\"unknown_order\"} 1"))
        #expect(lines.contains("waybill_half_messages 1"))
        #expect(lines.contains("waybill_group_lag_messages{group=\"shipping\",topic=\"ledger\"} 1"))
        #expect(lines.contains("waybill_group_lag_seconds{group=\"shipping\",topic=\"ledger\"} 60.0"))
        for line in lines where !line.hasPrefix("#") {
            #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
        }
    }

    @Test func `say by a word how each vital is`() async throws {
        let shop = try APIShop()
        try await shop.book.holdTimeouts(because: "payments are down", by: "eva")
        let health = try JSON(reading: await shop.send(.init(get: "/v1/health")).body)
        #expect(health["word"]?.asText == "warn")
        #expect(health["vitals"]?["hold"]?["value"]?.asText?.contains("payments are down") == true)
        #expect(health["vitals"]?["stopped"]?["word"]?.asText == "ok")
    }
}
