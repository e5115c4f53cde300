import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine

@Suite struct `Bug 0162: a dead letter that was given back to a FIFO group` {
    private func shop(_ settings: GroupSettings = GroupSettings(isFIFO: true, ladder: [.seconds(10)])) async throws
        -> ReopenedBroker
    {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", settings)
        for number in 0..<3 { try await shop.driver.send(number, key: "ann") }
        let first = try #require(try await shop.driver.take("points", max: 1).first)
        #expect(await shop.driver.deadLetter(first.receipt) == nil)
        return shop
    }

    @Test func `waits for the later message that is in flight, and holds up the next one`() async throws {
        let broker = try await shop().driver
        let second = try #require(try await broker.take("points", max: 1).first)
        #expect(try await broker.redrive("points") == 1)
        #expect(try await broker.take("points").isEmpty)
        #expect(await broker.acknowledge(second.receipt) == nil)
        let dead = try await broker.take("points")
        #expect(dead.numbers == [0])
        #expect(try await broker.take("points").isEmpty)
        #expect(await broker.extend(dead[0].receipt, .minutes(2)) == nil)
        broker.pass(.minutes(1))
        #expect(try await broker.take("points").isEmpty)
        #expect(await broker.acknowledge(dead[0].receipt) == nil)
        #expect(try await broker.drain("points") == [2])
    }

    @Test(arguments: [false, true])
    func `comes before what was never delivered, and before what failed`(isCrashed: Bool) async throws {
        let broker = try await shop().driver
        let second = try #require(try await broker.take("points", max: 1).first)
        #expect(try await broker.redrive("points") == 1)
        if isCrashed {
            try broker.crash()
            broker.pass(.seconds(31))
        } else {
            #expect(await broker.fail(second.receipt, nil) == nil)
        }
        let dead = try await broker.take("points")
        #expect(dead.numbers == [0])
        broker.pass(.seconds(10))
        #expect(try await broker.take("points").isEmpty)
        // It fails too, and is waited for.
        #expect(await broker.fail(dead[0].receipt, .seconds(5)) == nil)
        #expect(try await broker.take("points").isEmpty)
        broker.pass(.seconds(5))
        #expect(try await broker.drain("points") == [0, 1, 2])
    }

    @Test func `is not taken from a client while a module handles the next message`() async throws {
        let shop = try await shop()
        let broker = shop.driver
        #expect(try await broker.redrive("points") == 1)
        let dead = try await broker.take("points")
        #expect(dead.numbers == [0])
        let reception = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "module")
        let none = try await shop.engine.consume(reception, deadline: .seconds(1)) { _, _, _ in }.get()
        #expect(none.isEmpty)
        #expect(await broker.acknowledge(dead[0].receipt) == nil)
        let done = try await shop.engine.consume(reception, deadline: .seconds(1)) { _, _, _ in }.get()
        #expect(done.done > 0)
    }

    @Test func `lets its message group go on when it dies again, and says why and when it did`() async throws {
        let shop = try await shop()
        let broker = shop.driver
        func letter() throws -> DeadLetter? { try shop.engine.messages.deadLetters(of: "points", limit: 9)?.first }
        let first = try #require(try letter())
        #expect(try await broker.redrive("points") == 1)
        #expect(try letter()?.state == .givenBack)
        broker.pass(.hours(1))
        let again = try #require(try await broker.take("points").first)
        guard case .success = await shop.ask(GiveUp(again.receipt, why: "the second time")) else {
            Issue.record("it was not given up")
            return
        }
        let second = try #require(try letter())
        #expect(second.state == .dead)
        #expect(second.reason == "the second time")
        #expect(second.diedAt == first.diedAt.advanced(by: .hours(1)))
        #expect(second.id == first.id)
        #expect(try await broker.drain("points") == [1, 2])
    }

    @Test func `is dead again when no expression wants it any more, and holds up nothing`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin("points", GroupSettings(isFIFO: true))
        try await broker.send(0, tag: "old", key: "ann")
        try await broker.send(1, tag: "new", key: "ann")
        let first = try #require(try await broker.take("points", max: 1).first)
        #expect(await broker.deadLetter(first.receipt) == nil)
        broker.pass(.minutes(6))
        #expect(try await broker.redrive("points") == 1)
        let new = Subscription("orders", tags: "new")
        #expect(try await broker.take("points", new).isEmpty)
        #expect(try await broker.drain("points", new) == [1])
        let letter = try #require(try shop.engine.messages.deadLetters(of: "points", limit: 9)?.first)
        #expect(letter.state == .dead)
        #expect(letter.reason.string.contains("no expression"))
    }

    @Test func `is told in the same way by lists, lags and traces`() async throws {
        let shop = try await shop(GroupSettings(isFIFO: true, attemptsMax: 5))
        let broker = shop.driver
        let id = try #require(try shop.engine.messages.deadLetters(of: "points", limit: 9)?.first?.id)
        func standing() throws -> MessageTrace.GroupStanding? {
            try shop.engine.messages.trace(id: id).first?.groups["points"]
        }
        func lags() throws -> (orders: GroupLag?, dead: GroupLag?) {
            let lags = try shop.engine.lags(of: "points").get()
            return (lags.first { $0.topic == "orders" }, lags.first { $0.topic == "%DLQ%points" })
        }
        #expect(try standing() == .dead)
        #expect(try lags().dead?.dead == 1)
        #expect(try lags().dead?.messages == 0)
        // Of the two that are left one waits behind the other, looked at or not.
        #expect(try lags().orders?.waiting == 1)
        #expect(try lags().orders?.behind == 1)
        #expect(try await broker.redrive("points") == 1)
        #expect(try lags().dead?.dead == 0)
        #expect(try lags().dead?.ready == 1)
        #expect(try standing() == .comesAgain(attempt: 0, at: nil))
        let again = try #require(try await broker.take("points").first)
        #expect(await broker.acknowledge(again.receipt) == nil)
        #expect(try standing() == .finished)
        #expect(try shop.engine.messages.deadLetters(of: "points", limit: 9)?.map(\.state) == [.finished])
        #expect(try lags().dead?.finished == 1)
        let happened = try shop.engine.messages.trace(id: id).first?.happenings.map(\.kind)
        #expect(happened == [.delivered, .dead, .delivered, .acknowledged])
    }

    @Test func `is told from a message that its group does not subscribe to`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        let red = Subscription("orders", tags: "red")
        #expect(try await broker.take("points", red).isEmpty)
        let wanted = try await broker.send(1, tag: "red")
        let unwanted = try await broker.send(2, tag: "blue")
        #expect(try await broker.drain("points", red) == [1])
        try broker.restart()
        func standing(_ id: MessageID) throws -> MessageTrace.GroupStanding? {
            try shop.engine.messages.trace(id: id).first?.groups["points"]
        }
        #expect(try standing(wanted) == .finished)
        #expect(try standing(unwanted) == .notSubscribed)
    }
}
