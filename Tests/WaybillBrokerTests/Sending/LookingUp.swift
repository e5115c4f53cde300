import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `A message is found` {
    private func desk() throws -> SendingDesk {
        let desk = try SendingDesk()
        try desk.make("orders")
        return desk
    }

    private func index(_ desk: SendingDesk) throws {
        while try desk.engine.maintain() {}
    }

    @Test(arguments: [false, true])
    func `by its id and each of its keys, before and after it is indexed`(isIndexed: Bool) throws {
        let desk = try desk()
        for number in 0..<50 {
            _ = try desk.send(
                .sample("orders", [UInt8(number)]).with {
                    $0.id = MessageID("id-\(number)")
                    $0.keys = [Text("key-\(number)"), "all", Text("half-\(number % 2)")]
                    $0.lane = number % 2 == 0 ? "" : "green"
                    $0.priority = number % 3
                })
        }
        if isIndexed { try index(desk) }
        let messages = desk.engine.messages
        #expect(try messages.messages(id: "id-7").map(\.body) == [[7]])
        #expect(try messages.messages(id: "id-77").isEmpty)
        #expect(try messages.messages(key: "key-8").map(\.id) == ["id-8"])
        #expect(try messages.messages(key: "half-1").count == 25)
        #expect(try messages.messages(key: "all", limit: 10).count == 10)
        #expect(try messages.messages(key: "all", in: "unknown").isEmpty)
        #expect(try messages.messages(key: "id-7").isEmpty)
        let found = try #require(try messages.messages(id: "id-9").first)
        #expect(found.lane == "green")
        #expect(found.keys == ["key-9", "all", "half-1"])
    }

    @Test func `by its key on whatever day it came, also while some of it is indexed`() throws {
        let desk = try desk()
        for day in 0..<5 {
            _ = try desk.send(.sample("orders", [UInt8(day)]).with { $0.keys = ["k"] })
            if day < 4 { try index(desk) }
            desk.pass(.days(1))
        }
        #expect(try desk.engine.messages.messages(key: "k").map(\.body) == [[0], [1], [2], [3], [4]])
    }

    @Test func `when it was delayed: under the day on which it became visible, and not before`() throws {
        let desk = try desk()
        let sent = try desk.send(
            .sample().with {
                $0.keys = ["k"]
                $0.deliverAt = desk.now.advanced(by: .days(3))
            })
        try index(desk)
        #expect(try desk.engine.messages.messages(id: sent.id).isEmpty)
        desk.pass(.days(3))
        try index(desk)
        #expect(try desk.engine.messages.messages(id: sent.id).map(\.storedAt) == [desk.now])
        #expect(try desk.engine.messages.messages(key: "k").count == 1)
    }

    @Test func `never while it is half, nor after it was rolled back`() throws {
        let desk = try desk()
        let prepared = try desk.prepare(
            .sample().with {
                $0.keys = ["k"]
                $0.id = "h"
            })
        try index(desk)
        let messages = desk.engine.messages
        #expect(try messages.messages(id: "h").isEmpty && messages.messages(key: "k").isEmpty)
        _ = try desk.resolve(prepared, .rollback)
        try index(desk)
        #expect(try messages.messages(id: "h").isEmpty && messages.messages(key: "k").isEmpty)
    }

    @Test func `by the time from which it was visible, in order of it, over lanes and priorities`() throws {
        let desk = try desk()
        for second in 0..<20 {
            _ = try desk.send(.sample("orders", [UInt8(second)]).with { $0.priority = second % 4 })
            desk.pass(.seconds(1))
        }
        let from = SendingDesk.opening.advanced(by: .seconds(7))
        let found = try desk.engine.messages.messages(in: "orders", from: from, limit: 5)
        #expect(found.map(\.body) == [[7], [8], [9], [10], [11]])
        #expect(try desk.engine.messages.messages(in: "nothing", from: from, limit: 5).isEmpty)
    }

    @Test func `in no deleted topic, also when another of its name was made`() throws {
        let desk = try desk()
        _ = try desk.send(.sample().with { $0.id = "old" })
        try index(desk)
        _ = try desk.ask(DeleteTopic("orders"))
        try desk.make("orders")
        #expect(try desk.engine.messages.messages(id: "old").isEmpty)
        _ = try desk.send(.sample().with { $0.id = "old" })
        #expect(try desk.engine.messages.messages(id: "old").count == 1)
    }

    @Test(arguments: [false, true]) func `by its id without its body, and of several the first with it`(
        isIndexed: Bool
    ) throws {
        let desk = try desk()
        try desk.make("other")
        for number in 1...3 {
            _ = try desk.send(
                .sample(number == 2 ? "other" : "orders", [UInt8(number)]).with {
                    $0.id = "twice"
                    $0.tag = "t\(number)"
                })
            desk.pass(.seconds(1))
        }
        if isIndexed { try index(desk) }
        let messages = desk.engine.messages
        let heads = try messages.messagesWithoutBodies(id: "twice")
        #expect(heads.map(\.tag) == ["t1", "t2", "t3"] && heads.allSatisfy { $0.body.isEmpty })
        #expect(try messages.messagesWithoutBodies(id: "twice", in: "other").map(\.tag) == ["t2"])
        #expect(try messages.messagesWithoutBodies(id: "twice", limit: 2).map(\.tag) == ["t2", "t3"], "the newest")
        #expect(try messages.messagesWithoutBodies(id: "none").isEmpty)
        let first = try #require(try messages.message(id: "twice"))
        #expect(try first == messages.messages(id: "twice").first && first.body == [1])
        #expect(try messages.message(id: "none") == nil)
    }

    @Test func `twice when its producer sent it twice`() throws {
        let desk = try desk()
        for _ in 1...2 { _ = try desk.send(.sample().with { $0.id = "twice" }) }
        try index(desk)
        #expect(try desk.engine.messages.messages(id: "twice").count == 2)
    }

    @Test func `after the file was opened again, indexed or not`() throws {
        let file = try TemporaryBrokerFile()
        let first = try SendingDesk(store: file.open())
        try first.make("orders")
        _ = try first.send(.sample().with { $0.keys = ["a"] })
        try index(first)
        _ = try first.send(.sample().with { $0.keys = ["a"] })
        first.engine.close()
        let second = try SendingDesk(store: file.open(), seed: 2)
        #expect(try second.engine.messages.messages(key: "a").count == 2)
        try index(second)
        #expect(try second.engine.messages.messages(key: "a").count == 2)
        second.engine.close()
    }
}
