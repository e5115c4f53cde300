import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0192: messages that no consumer of a group wants` {
    /// That they were passed over was known to memory alone, and retention asks the file.
    @Test func `go when their time is over`() async throws {
        let desk = try SendingDesk()
        _ = try desk.ask(CreateTopic("orders", TopicSettings(type: .mixed, retention: .hours(1))))
        _ = try desk.ask(KeepGroup("points", GroupSettings()))
        let paid = ReceiveRequest(group: "points", subscription: Subscription("orders", tags: "paid"), client: "c1")
        #expect(try await desk.engine.receive(paid).get().isEmpty)
        for _ in 0..<10 { _ = try desk.send(NewMessage(to: "orders", body: [1], tag: "placed")) }
        #expect(try await desk.engine.receive(paid).get().isEmpty)
        desk.pass(.hours(2))
        for _ in 0..<2 {
            while try desk.engine.maintain() {}
            desk.pass(.seconds(10))
        }
        while try desk.engine.maintain() {}
        #expect(try desk.stored(in: "orders").isEmpty)
        let writes = desk.engine.writeCount
        _ = try desk.send(NewMessage(to: "orders", body: [1], tag: "paid"))
        #expect(try await desk.engine.receive(paid).get().count == 1)
        #expect(desk.engine.writeCount - writes <= 2, "the message, and at most the mark")
    }
}
