import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0202: a group is changed so that one attempt is all, with much passed over` {
    private static let even = Subscription("orders", tags: "even")
    private static let odd = Subscription("orders", tags: "odd")

    /// What consumers had passed over for others got a row for each message, all in one write.
    @Test func `it is refused with the number, and done when the others have taken theirs`() async throws {
        let shop = try ReopenedBroker { $0.passedOverMax = 5 }
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 3))
        for subscription in [Self.even, Self.odd] {
            #expect(try await shop.driver.take("points", subscription).isEmpty)
        }
        for number in 0..<20 { try await shop.driver.send(number, tag: number.isMultiple(of: 2) ? "even" : "odd") }
        #expect(try await shop.driver.drain("points", Self.even).count == 10)
        let change = UpdateGroup("points", GroupSettings(attemptsMax: 1))
        let refusal = try #require(await shop.ask(change).refusal)
        guard case .limit(let what, max: 5) = refusal else { throw Unexpected("\(refusal)") }
        #expect(what.contains("points") && what.contains("9 now"))
        let group = try shop.engine.store.read { rows in try rows.group("points") }
        #expect(group?.attemptsMax == 3)
        let some = try await shop.driver.take("points", Self.odd, max: 5)
        for delivery in some { #expect(await shop.driver.acknowledge(delivery.receipt) == nil) }
        #expect(try await shop.ask(change).get().settings.attemptsMax == 1)
        try shop.crash()
        shop.driver.pass(.minutes(1))
        #expect(try await shop.driver.drain("points", Self.odd).sorted() == [11, 13, 15, 17, 19])
    }
}
