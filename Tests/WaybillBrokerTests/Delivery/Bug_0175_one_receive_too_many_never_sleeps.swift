import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine

@Suite struct `Bug 0175: a receive that finds as many waiting as may` {
    /// It was not let in to wait, looked again, and so on until its time was over.
    @Test(.timeLimit(.minutes(1))) func `is refused, and told when to come again`() async throws {
        let shop = try ReopenedBroker { $0.waitersMax = 1 }
        try await shop.driver.begin()
        var request = ReceiveRequest(
            group: "points", subscription: Subscription("orders"), client: "first", wait: .seconds(20))
        let first = Task { [request] in await shop.engine.receive(request) }
        while shop.engine.groups.census().waiting == 0 { await Task.yield() }
        request.client = "second"
        let second = await shop.engine.receive(request)
        #expect(second.refusal?.code == "overloaded")
        shop.driver.pass(.seconds(20))
        #expect(try await first.value.get().isEmpty)
    }
}
