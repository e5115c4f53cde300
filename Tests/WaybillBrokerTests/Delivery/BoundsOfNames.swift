import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts
import WorkflowFile

@Suite struct `Names that clients choose` {
    private func tag(_ number: Int) -> Subscription { Subscription("orders", tags: Text("tag-\(number)")) }

    private func rows(_ shop: ReopenedBroker) throws -> Int {
        try shop.engine.store.read { try $0.filters(of: GroupNumber(1), limit: 1_000).count }
    }

    private func maintain(_ shop: ReopenedBroker) throws {
        shop.driver.pass(.seconds(10))
        while try shop.engine.maintain() {}
    }

    @Test func `expressions in use have a bound, and one that is not used any more makes room`() async throws {
        let shop = try ReopenedBroker { $0.filtersMax = 3 }
        let broker = shop.driver
        try await broker.begin()
        for number in 0..<3 { #expect(try await broker.take("points", tag(number)).isEmpty) }
        let more = ReceiveRequest(group: "points", subscription: tag(3), client: "c1")
        guard case .failure(.limit(let what, let max)) = await shop.engine.receive(more) else {
            Issue.record("a fourth expression was taken")
            return
        }
        #expect(max == 3)
        #expect(what.contains("3 are in use"))
        // Those that are used already go on, and so does another group.
        #expect(try await broker.take("points", tag(2)).isEmpty)
        try await broker.createGroup("mail", GroupSettings())
        #expect(try await broker.take("mail", tag(3)).isEmpty)
        broker.pass(.seconds(301))
        #expect(try await broker.take("points", tag(3)).isEmpty)
        try maintain(shop)
        #expect(try rows(shop) == 1)
        #expect(try await broker.take("points", tag(0)).isEmpty)
        #expect(try rows(shop) == 2)
    }

    @Test func `consumers of a group have a bound, and those that are silent for long make room`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        for number in 0..<10_000 { _ = try await broker.take("points", client: Text("c-\(number)")) }
        let more = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "one more")
        guard case .failure(.limit(let what, let max)) = await shop.engine.receive(more) else {
            Issue.record("one more consumer was taken")
            return
        }
        #expect(max == 10_000 && what.contains("clients of the group points"))
        #expect(try await broker.take("points", client: "c-1").isEmpty, "one that is known goes on")
        broker.pass(.minutes(11))
        #expect(try await broker.take("points", client: "one more").isEmpty)
    }

    @Test func `what was in use before a stop is skipped only when nobody asks for it after the opening`() async throws
    {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        for number in 0..<2 { #expect(try await broker.take("points", tag(number)).isEmpty) }
        try await broker.send(1, tag: "tag-1")
        // The shop is closed for a night.
        shop.engine.store.close()
        shop.clock.move(to: shop.clock.now.advanced(by: .hours(9)))
        try shop.open()
        #expect(try await broker.take("points", tag(0)).isEmpty)
        #expect(try await broker.take("points", tag(1)).numbers == [1])
        broker.pass(.seconds(200))
        #expect(try await broker.take("points", tag(0)).isEmpty)
        try await broker.send(2, tag: "tag-1")
        broker.pass(.seconds(101))
        #expect(try await broker.take("points", tag(0)).isEmpty)
        #expect(try await broker.lags("points").map(\.waiting) == [0])
    }

    @Test func `lanes have a bound, at every door, and go when they are empty`() async throws {
        let shop = try ReopenedBroker { $0.lanesMax = 2 }
        let broker = shop.driver
        guard case .success = await shop.ask(CreateTopic("orders", TopicSettings(type: .mixed, retention: .seconds(1))))
        else { return }
        try await broker.createGroup("points", GroupSettings())
        for (number, lane) in ["green", "blue", "green", ""].enumerated() {
            try await broker.send(number, lane: Text(lane))
        }
        let message = NewMessage(to: "orders", body: Array("8".utf8), lane: "red")
        #expect(await shop.ask(Send([message])).refusal?.code == "limit")
        #expect(await shop.ask(Prepare(message, producer: "p", firstCheck: nil)).refusal?.code == "limit")
        #expect(try await broker.drain("points").sorted() == [0, 1, 2, 3])
        // A consumer keeps its lane.
        #expect(try await broker.take("points", client: "green") { $0.lane = "green" }.isEmpty)
        try maintain(shop)
        #expect(try shop.engine.messages.lanes().map(\.name) == ["green"])
        #expect(await shop.ask(Send([message])).refusal == nil)
        try maintain(shop)
        broker.pass(.minutes(1))
        try maintain(shop)
        // The newest queue stays: its number would be given out again.
        #expect(try shop.engine.messages.lanes().map(\.name) == ["red"])
        try broker.crash()
        try await broker.send(9, lane: "green")
        #expect(try await broker.drain("points").sorted() == [8, 9])
    }

    private static let workflow = """
        id: note
        version: 1
        commands: {place: {}, done: {}}
        initial: open
        states: {open: {entry: [{send: {topic: notes}}], on: {done: over}}, over: {type: final}}
        """

    @Test func `a command that names one lane too many is refused, and an order keeps its lane`() throws {
        let compiled = try WorkflowFile.load(Self.workflow)
        var settings = Engine.Settings()
        settings.broker.lanesMax = 2
        let engine = try Engine(
            store: Store.inMemory(), workflows: [(compiled, Text(Self.workflow))],
            world: .virtual(VirtualClock(start: SendingDesk.opening)), settings: settings
        ) { try WorkflowFile.load(stored: $0.string) }
        func place(_ order: OrderID, _ lane: Text, key: Text? = nil) -> Answer? {
            let command = Command(order: order, name: "place", workflow: "note", key: key, lane: lane)
            let answer = engine.perform(command)
            return answer
        }
        #expect(place("n-1", "a", key: "k")?.isAccepted == true)
        #expect(place("n-2", "b")?.isAccepted == true)
        guard case .refused(.limit(let what, 2)) = place("n-3", "c") else {
            Issue.record("a third lane was taken")
            return
        }
        #expect(what.contains("the lane c"))
        #expect(place("n-3", "")?.isAccepted == true)
        #expect(place("n-1", "a", key: "k")?.isAccepted == true)
    }
}

extension Answer {
    fileprivate var isAccepted: Bool {
        guard case .accepted = self else { return false }
        return true
    }
}
