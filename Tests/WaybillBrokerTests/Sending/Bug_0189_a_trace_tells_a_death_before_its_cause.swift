import Testing
import WaybillCore
import WaybillStore

@testable import WaybillBroker
@testable import WaybillEngine

@Suite struct `Bug 0189: the trace of a message that died` {
    private func happenings(
        _ desk: SendingDesk, _ id: MessageID, _ group: GroupName = "points"
    ) throws -> [MessageTrace.Happening] {
        let trace = try #require(try desk.engine.messages.trace(id: id).first)
        return trace.happenings.filter { $0.group == group }
    }

    private func desk(_ rules: GroupSettings) async throws -> (desk: SendingDesk, id: MessageID) {
        let desk = try SendingDesk()
        try desk.make("orders")
        _ = try desk.ask(KeepGroup("points", rules))
        _ = try await take(desk)
        return (desk, try desk.send(.sample()).id)
    }

    private func take(_ desk: SendingDesk) async throws -> [Delivery] {
        try await desk.engine.receive(
            ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "c1")
        ).get()
    }

    /// Its death was told before the failure that led to it, and from the second attempt on without the consumer's
    /// name.
    @Test func `tells each failure, then the death, with the consumer who had it`() async throws {
        let (desk, id) = try await desk(GroupSettings(attemptsMax: 2))
        let first = try #require(try await take(desk).first)
        _ = try desk.ask(Fail(first.receipt, delay: .seconds(0), why: "no"))
        let second = try #require(try await take(desk).first)
        _ = try desk.ask(Fail(second.receipt, delay: nil, why: "no"))
        let told = try happenings(desk, id)
        #expect(told.map(\.kind) == [.delivered, .failed, .delivered, .failed, .dead])
        #expect(told.map(\.attempt) == [1, 1, 2, 2, 2])
        #expect(Set(told.map(\.client)) == ["c1"])
    }

    @Test func `tells that its time was over before it died`() async throws {
        let (desk, id) = try await desk(GroupSettings(attemptsMax: 1))
        _ = try await take(desk)
        desk.pass(.minutes(1))
        #expect(try happenings(desk, id).map(\.kind) == [.delivered, .expired, .dead])
    }

    /// Nothing was told of a message that a receive found to have used up its attempts.
    @Test func `tells that it died when a crash had counted its last attempt`() async throws {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 1))
        let id = try await shop.driver.send(1)
        #expect(try await shop.driver.take("points").numbers == [1])
        try shop.crash()
        #expect(try await shop.driver.take("points").isEmpty)
        let told = try #require(try shop.engine.messages.trace(id: id).first).happenings
        #expect(told.map(\.kind) == [.dead] && told.map(\.attempt) == [1])
    }

    @Test func `tells that it died when its group allows fewer attempts now`() async throws {
        let (desk, id) = try await desk(GroupSettings(attemptsMax: 3))
        let first = try #require(try await take(desk).first)
        _ = try desk.ask(Fail(first.receipt, delay: .seconds(0), why: "no"))
        _ = try desk.ask(UpdateGroup("points", GroupSettings(attemptsMax: 1)))
        #expect(try await take(desk).isEmpty)
        #expect(try happenings(desk, id).map(\.kind) == [.delivered, .failed, .dead])
    }

    @Test func `tells that a copy died again when no consumer wants it any more`() async throws {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 1))
        try await shop.driver.send(1, tag: "old")
        let first = try #require(try await shop.driver.take("points").first)
        #expect(await shop.driver.deadLetter(first.receipt) == nil)
        #expect(try await shop.driver.redrive("points") == 1)
        // By then the expression that wanted it is in use no more.
        shop.driver.pass(.hours(1))
        while try shop.engine.maintain() {}
        #expect(try await shop.driver.take("points", Subscription("orders", tags: "new")).isEmpty)
        let copy = MessagePlace(queue: StoredQueueNumber(2), offset: 0)
        #expect(shop.engine.receiverParts.ring.happenings(of: copy).happenings.map(\.kind) == [.dead])
    }
}
