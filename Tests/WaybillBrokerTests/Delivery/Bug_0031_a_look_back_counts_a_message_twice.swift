import Testing
import WaybillBroker
import WaybillCore

@Suite struct `Bug 0031: after a look-back` {
    @Test func `each message is in exactly one number of the lag`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin()
        for number in 0..<4 { try await broker.send(number) }
        let held = try await broker.take("points", max: 3)
        #expect(await broker.fail(held[0].receipt, .minutes(1)) == nil)
        #expect(await broker.acknowledge(held[1].receipt) == nil)
        _ = try await broker.lookBack("points", "orders", .oldest, false)
        let lag = try #require(try await broker.lags("points").first)
        #expect(lag.finished == 0)
        #expect(lag.due == 1)
        #expect(lag.ready == 1)
        #expect(lag.waiting == 2)
        #expect(lag.messages == lag.sent)
    }
}
