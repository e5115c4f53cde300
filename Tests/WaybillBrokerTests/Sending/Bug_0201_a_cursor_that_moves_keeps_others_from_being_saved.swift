import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0201: a round of retention saves fewer cursors than have moved` {
    private static let paid = Subscription("orders", tags: "paid")

    private func look(_ desk: SendingDesk, _ group: GroupName) async throws {
        let request = ReceiveRequest(group: group, subscription: Self.paid, client: "c1")
        #expect(try await desk.engine.receive(request).get().isEmpty)
    }

    /// The first ones by their numbers were saved in each round: where these move all the time, no other ever was.
    @Test func `one that moves all the time keeps out no other`() async throws {
        let desk = try SendingDesk { $0.cursorsSavedMax = 1 }
        _ = try desk.ask(CreateTopic("orders", TopicSettings(type: .mixed, retention: .hours(1))))
        for group in ["busy", "calm"] as [GroupName] {
            _ = try desk.ask(KeepGroup(group, GroupSettings()))
            try await look(desk, group)
        }
        for _ in 0..<10 { _ = try desk.send(NewMessage(to: "orders", body: [1], tag: "placed")) }
        try await look(desk, "calm")
        desk.pass(.hours(2))
        for _ in 0..<5 {
            _ = try desk.send(NewMessage(to: "orders", body: [2], tag: "placed"))
            try await look(desk, "busy")
            while try desk.engine.maintain() {}
            desk.pass(.seconds(10))
        }
        #expect(try desk.stored(in: "orders").allSatisfy { $0.place.offset >= 10 })
    }
}
