import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine

@Suite struct `Bug 0178: a client that comes back under the name of one that left` {
    /// The end of the old client's leases was taken off what the new one held.
    @Test func `holds what it took, and no less`() async throws {
        let shop = try ReopenedBroker { $0.clientBytesMax = 100 }
        let broker = shop.driver
        try await broker.begin()
        for number in 0..<12 { try await broker.send(number) }
        #expect(try await broker.take("points", max: 4).numbers == [0, 1, 2, 3])
        #expect(await broker.leave("points", "c1") == nil)
        #expect(try await broker.take("points", max: 4).numbers == [4, 5, 6, 7])
        broker.pass(.seconds(2))
        let freed = try await broker.take("points", max: 4, client: "other")
        #expect(freed.numbers == [0, 1, 2, 3])
        for delivery in freed { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        #expect(try await broker.take("points").isEmpty, "it holds all that it may")
    }
}
