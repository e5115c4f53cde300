import Testing
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

@testable import WaybillBroker

@Suite struct `Bug 0188: a group is changed so that one attempt is all` {
    private static let one = GroupSettings(attemptsMax: 1)

    private func shop(_ count: Int) async throws -> ReopenedBroker {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 3))
        for number in 0..<count { try await shop.driver.send(number) }
        return shop
    }

    private func change(_ shop: ReopenedBroker) async throws {
        #expect(try await shop.ask(UpdateGroup("points", Self.one)).get().name == "points")
    }

    /// The delivered-through mark had run ahead of what was delivered, and a crash counted all below it as delivered.
    @Test func `a crash leaves dead what a consumer had, and nothing else`() async throws {
        let shop = try await shop(40)
        let had = try await shop.driver.take("points", max: 10)
        #expect(had.numbers == Array(0..<10))
        try await change(shop)
        let more = try await shop.driver.take("points", max: 5)
        #expect(more.numbers == Array(10..<15))
        try shop.crash()
        shop.driver.pass(.minutes(1))
        #expect(try await shop.driver.drain("points").sorted() == Array(15..<40))
    }

    @Test func `what a consumer passed over for others is theirs after a crash`() async throws {
        let shop = try await shop(0)
        let even = Subscription("orders", tags: "even")
        let odd = Subscription("orders", tags: "odd")
        for subscription in [even, odd] { #expect(try await shop.driver.take("points", subscription).isEmpty) }
        for number in 0..<40 { try await shop.driver.send(number, tag: number.isMultiple(of: 2) ? "even" : "odd") }
        let first = try await shop.driver.take("points", odd, max: 1, client: "c2")
        #expect(first.numbers == [1])
        #expect(try await shop.driver.take("points", even, max: 10).numbers == Array(stride(from: 0, to: 20, by: 2)))
        try await change(shop)
        try shop.crash()
        shop.driver.pass(.minutes(1))
        _ = try await shop.driver.take("points", even, max: 1)
        #expect(try await shop.driver.drain("points", odd).sorted() == Array(stride(from: 3, to: 40, by: 2)))
    }

    @Test func `a consumer who has looked before the change gets nothing beyond the mark`() async throws {
        let shop = try await shop(40)
        _ = try await shop.driver.take("points", max: 10)
        let groups = shop.engine.groups
        let request = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "slow", max: 5)
        guard case (_, .scan(let scan))? = groups.scan([StoredQueueNumber(1)], of: GroupNumber(1), request, max: 5),
            case .fresh(let offsets) = scan.source, let first = offsets.first
        else { throw Unexpected("no scan of new messages") }
        #expect(scan.isLeasedInMemory && first == 10)
        try await change(shop)
        var found = Candidate(offset: first)
        found.verdict = .wanted(
            try MessageContent(MessageRow(event: nil, bornAt: ReopenedBroker.opening, body: [1], id: "m"), event: nil))
        #expect(groups.lease([found], scan, for: request, at: ReopenedBroker.opening) { 77 }.isEmpty)
        #expect(try await shop.driver.take("points", max: 1).numbers == [10])
    }

    @Test func `a mark that was asked for before the change is not raised any more`() async throws {
        let shop = try await shop(40)
        _ = try await shop.driver.take("points", max: 10)
        let key = CursorKey(group: GroupNumber(1), queue: StoredQueueNumber(1))
        let epoch = try #require(shop.engine.groups.read { $0.cursor(key) { $0.epoch } })
        #expect(
            shop.engine.areRefused([UpdateGroup("points", Self.one), RaiseMark(key, epoch: epoch, to: 5_000)])
                == [false, true])
        #expect(shop.engine.groups.read { $0.cursor(key) { $0.mark } } == 10)
        try shop.crash()
        #expect(shop.engine.groups.read { $0.cursor(key) { $0.mark } } == 10)
    }
}
