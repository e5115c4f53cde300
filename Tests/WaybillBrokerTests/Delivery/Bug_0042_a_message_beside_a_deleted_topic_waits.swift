import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine

@Suite struct `Bug 0042: a message sent in the write that deletes another topic` {
    private func number(_ number: Int, to topic: TopicName) -> NewMessage {
        NewMessage(to: topic, body: Array("\(number)".utf8))
    }

    @Test func `is delivered`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        try await broker.createTopic("old", .mixed)
        try await broker.send(1)
        #expect(try await broker.drain("points") == [1])
        _ = shop.engine.perform([.broker(.send([number(2, to: "orders")])), .broker(.deleteTopic("old"))])
        #expect(try await broker.drain("points") == [2])
    }

    @Test func `goes with its topic when that is the one, and the next of its name is another`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        try await broker.send(1)
        #expect(try await broker.drain("points") == [1])
        _ = shop.engine.perform([
            .broker(.send([number(2, to: "orders")])), .broker(.deleteTopic("orders")),
            .broker(.createTopic("orders", TopicSettings(type: .mixed))), .broker(.send([number(3, to: "orders")])),
        ])
        #expect(try await broker.drain("points") == [3])
    }

    @Test func `is taken by the rules that its topic has by then`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        try await broker.send(1)
        let replies = shop.engine.perform([
            .broker(.updateTopic("orders", TopicSettings(type: .fifo))), .broker(.send([number(2, to: "orders")])),
            .broker(.updateTopic("orders", TopicSettings(type: .mixed))), .broker(.send([number(3, to: "orders")])),
        ])
        let refused = replies.map { reply in if case .broker(.refused(_)) = reply { true } else { false } }
        #expect(refused == [false, true, false, false])
        #expect(try await broker.drain("points") == [1, 3])
    }
}
