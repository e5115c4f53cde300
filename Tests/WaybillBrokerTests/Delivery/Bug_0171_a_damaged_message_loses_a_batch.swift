import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0171: a message whose row makes no sense` {
    private func damage(_ shop: ReopenedBroker, _ offset: Int64) throws {
        try shop.engine.store.write { transaction in
            let place = MessagePlace(queue: StoredQueueNumber(1), offset: offset)
            let isThere = try transaction.setProperties("garbage", of: place)
            #expect(isThere)
        }
    }

    /// A scan that could not be read threw away what the same receive had leased before: it stayed in flight, and its
    /// attempt was used.
    @Test func `costs no attempt of what is delivered with it, and stops no message behind it`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin("points", GroupSettings(attemptsMax: 3, ladder: [Interval(milliseconds: 1)]))
        for number in 0..<6 { try await broker.send(number) }
        for delivery in try await broker.take("points", max: 2) {
            #expect(await broker.fail(delivery.receipt, Interval(milliseconds: 0)) == nil)
        }
        try damage(shop, 3)
        let batch = try await broker.take("points")
        #expect(batch.numbers == [0, 1, 2, 4, 5])
        #expect(batch.map(\.attempt) == [2, 2, 1, 1, 1])
        for delivery in batch { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        // It is owed as before, and the group's lag says why it does not come.
        let lag = try #require(try await broker.lags("points").first { $0.topic == "orders" })
        #expect(lag.messages == 1)
        #expect(lag.heldBack?.contains("offset 3") == true)
        try broker.crash()
        let result = await broker.receive(
            ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "c"))
        #expect(result.refusalCode == "undone", "who gets nothing else is told")
        try await broker.send(6)
        #expect(try await broker.drain("points") == [6])
    }

    @Test func `is passed over where it is ready again`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin("points", GroupSettings(attemptsMax: 3, ladder: [Interval(milliseconds: 1)]))
        for number in 0..<3 { try await broker.send(number) }
        for delivery in try await broker.take("points") {
            #expect(await broker.fail(delivery.receipt, Interval(milliseconds: 0)) == nil)
        }
        try damage(shop, 1)
        try await broker.send(3)
        let batch = try await broker.take("points")
        #expect(batch.numbers == [0, 2, 3])
        for delivery in batch { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        let request = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "c1")
        #expect(await broker.receive(request).refusalCode == "undone", "who gets nothing else is told")
        try await broker.send(4)
        #expect(try await broker.drain("points") == [4])
    }

    @Test func `stops its queue in a FIFO group, and no other`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin("points", GroupSettings(isFIFO: true))
        try await broker.send(0, key: "k0")
        for number in 1..<3 { try await broker.send(number, key: "k\(number)", lane: "green") }
        try damage(shop, 0)
        #expect(try await broker.take("points").numbers == [1, 2])
        let request = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "c1")
        #expect(await broker.receive(request).refusalCode == "undone")
        try await broker.send(3, key: "k3", lane: "green")
        #expect(try await broker.take("points").numbers == [3])
    }
}
