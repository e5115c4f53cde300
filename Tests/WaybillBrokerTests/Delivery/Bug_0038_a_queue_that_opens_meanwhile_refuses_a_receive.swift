import Testing
import WaybillBroker
import WaybillCore
import WaybillTimeouts

@Suite struct `Bug 0038: a group's first receive` {
    @Test func `is answered though a delayed message opens a queue at that moment`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        try await broker.send(1)
        var delayed = NewMessage(to: "orders", body: Array("2".utf8), priority: 3)
        delayed.deliverAt = shop.clock.now.advanced(by: .seconds(5))
        _ = try await broker.send(delayed)
        // It is due, and nobody has looked yet.
        shop.clock.move(to: shop.clock.now.advanced(by: .seconds(6)))
        #expect(try await broker.take("points").numbers == [2, 1])
    }
}
