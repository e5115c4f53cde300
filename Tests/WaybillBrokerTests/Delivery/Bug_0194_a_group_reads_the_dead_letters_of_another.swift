import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

@Suite struct `Bug 0194: a group reads the dead letters of another one` {
    private static let dead = Subscription(.deadLetters(of: "points"))

    /// Dead letters of one message group, and a group that reads them.
    private func shop(_ count: Int, _ rules: GroupSettings) async throws -> ReopenedBroker {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 1))
        for number in 0..<count { try await shop.driver.send(number, key: "k") }
        for delivery in try await shop.driver.take("points") {
            #expect(await shop.driver.deadLetter(delivery.receipt) == nil)
        }
        try await shop.driver.createGroup("care", rules)
        return shop
    }

    /// The hold on the message group was kept under one topic and looked for under another.
    @Test func `one of a message group is in flight, and they keep their order`() async throws {
        let shop = try await shop(3, GroupSettings(isFIFO: true, attemptsMax: 3, ladder: [.seconds(1)]))
        let first = try await shop.driver.take("care", Self.dead, max: 1)
        #expect(first.numbers == [0])
        #expect(try await shop.driver.take("care", Self.dead, client: "c2").isEmpty)
        #expect(await shop.driver.fail(first[0].receipt, nil) == nil)
        #expect(try await shop.driver.take("care", Self.dead).isEmpty)
        shop.driver.pass(.seconds(2))
        #expect(try await shop.driver.drain("care", Self.dead) == [0, 1, 2])
    }

    @Test func `they keep their order after a crash too`() async throws {
        let shop = try await shop(2, GroupSettings(isFIFO: true, attemptsMax: 3))
        #expect(try await shop.driver.take("care", Self.dead, max: 1).numbers == [0])
        try shop.crash()
        #expect(try await shop.driver.take("care", Self.dead, client: "c2").isEmpty)
        shop.driver.pass(.minutes(1))
        #expect(try await shop.driver.drain("care", Self.dead) == [0, 1])
    }

    /// It was parked where it lay: only a group's own dead letters are redriven, and a look-back passed over it.
    @Test(arguments: [false, true])
    func `what it has given up itself comes again after a look-back`(isFIFO: Bool) async throws {
        let shop = try await shop(2, GroupSettings(isFIFO: isFIFO, attemptsMax: 1))
        let first = try await shop.driver.take("care", Self.dead, max: 1)
        #expect(await shop.driver.fail(first[0].receipt, nil) == nil)
        #expect(try await shop.driver.drain("care", Self.dead) == [1])
        _ = try await shop.driver.lookBack("care", Self.dead.topic, .oldest, false)
        let again = try await shop.driver.take("care", Self.dead, max: 1)
        #expect(again.numbers == [0] && again.allSatisfy(\.isReplayed))
        #expect(await shop.driver.acknowledge(again[0].receipt) == nil)
        #expect(try await shop.driver.drain("care", Self.dead) == [1])
        #expect(shop.engine.groups.census().leases == 0)
    }
}
