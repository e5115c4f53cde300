import Testing
import WaybillBroker
import WaybillCore
import WaybillStore

@testable import WaybillEngine

@Suite struct `Bug 0174: a receive while the file is being closed` {
    /// Leases are saved, then the file is closed: what was leased in memory between the two was lost with its receipt,
    /// and no attempt was counted.
    @Test func `gets nothing that its receipt would not outlive`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        for number in 0..<4 { try await broker.send(number) }
        let before = try await broker.take("points", max: 1)
        shop.engine.writer.withLock { $0.saveLeases() }
        let request = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "late")
        let late: [Delivery]
        switch await broker.receive(request) {
        case .success(let deliveries): late = deliveries
        case .failure(let refusal):
            #expect(refusal.code == "shutting_down")
            late = []
        }
        try broker.crash()
        for delivery in before + late { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        #expect(try await broker.drain("points") == [1, 2, 3].filter { !late.numbers.contains($0) })
    }
}
