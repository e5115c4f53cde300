import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine

@Suite struct `Bug 0183: a topic is deleted in the write in which a group has subscribed to it` {
    /// Memory forgot the topic, and then learned what the subscription had noted of it.
    @Test func `is unknown afterwards, and a new one of its name delivers`() async throws {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points")
        try await shop.driver.createTopic("news", .normal)
        let news = Subscription("news")
        #expect(shop.engine.areRefused([Subscribe("points", news), DeleteTopic("news")]) == [false, false])
        let request = ReceiveRequest(group: "points", subscription: news, client: "c")
        #expect(await shop.engine.receive(request).refusal == .unknownTopic("news"))

        try await shop.driver.createTopic("news", .normal)
        #expect(try await shop.engine.receive(request).get().isEmpty)
        _ = try await shop.ask(Send([NewMessage(to: "news", body: Array("1".utf8))])).get()
        #expect(try await shop.engine.receive(request).get().count == 1)
    }
}
