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
        _ = shop.engine.areRefused([Send([number(2, to: "orders")]), DeleteTopic("old")])
        #expect(try await broker.drain("points") == [2])
    }

    @Test func `goes with its topic when that is the one, and the next of its name is another`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        try await broker.send(1)
        #expect(try await broker.drain("points") == [1])
        _ = shop.engine.areRefused([
            Send([number(2, to: "orders")]), DeleteTopic("orders"),
            CreateTopic("orders", TopicSettings(type: .mixed)), Send([number(3, to: "orders")]),
        ])
        #expect(try await broker.drain("points") == [3])
    }

    @Test func `is taken by the rules that its topic has by then`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        try await broker.send(1)
        let refused = shop.engine.areRefused([
            UpdateTopic("orders", TopicSettings(type: .fifo)), Send([number(2, to: "orders")]),
            UpdateTopic("orders", TopicSettings(type: .mixed)), Send([number(3, to: "orders")]),
        ])
        #expect(refused == [false, true, false, false])
        #expect(try await broker.drain("points") == [1, 3])
    }
}
