import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0191: a redelivery that a consumer holds goes with its topic, or by its age` {
    /// A consumer holds the second delivery of the oldest message.
    private func desk(_ settings: TopicSettings) async throws -> SendingDesk {
        let desk = try SendingDesk()
        _ = try desk.ask(CreateTopic("orders", settings))
        _ = try desk.ask(KeepGroup("points", GroupSettings(invisible: .hours(12))))
        let request = ReceiveRequest(
            group: "points", subscription: Subscription("orders"), client: "c1", max: 1, invisible: .hours(12))
        #expect(try await desk.engine.receive(request).get().isEmpty)
        _ = try desk.send(.sample("orders", [UInt8](repeating: 7, count: 1_000)))
        let first = try #require(try await desk.engine.receive(request).get().first)
        _ = try desk.ask(Fail(first.receipt, delay: .seconds(0), why: "no"))
        #expect(try await desk.engine.receive(request).get().map(\.attempt) == [2])
        #expect(desk.engine.groups.census().holders == 1)
        return desk
    }

    /// Memory kept the name of its consumer for ever.
    @Test func `has no holder after its topic`() async throws {
        let desk = try await desk(TopicSettings(type: .mixed))
        #expect(try desk.ask(DeleteTopic("orders")).refusal == nil)
        #expect(desk.engine.groups.census().holders == 0)
    }

    @Test func `has no holder after retention took its message`() async throws {
        let desk = try await desk(TopicSettings(type: .mixed, bytesMax: 1 << 20))
        for _ in 0..<2_000 { _ = try desk.send(.sample("orders", [UInt8](repeating: 7, count: 1_000))) }
        desk.pass(.seconds(10))
        while try desk.engine.maintain() {}
        #expect(try desk.stored(in: "orders").first.map { $0.place.offset > 0 } == true)
        #expect(desk.engine.groups.census().holders == 0)
    }
}
