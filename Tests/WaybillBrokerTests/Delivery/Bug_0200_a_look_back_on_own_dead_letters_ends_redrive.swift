import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0200: a group looks back on its own dead letters` {
    private func shop() async throws -> ReopenedBroker {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 1))
        for number in 0..<2 { try await shop.driver.send(number) }
        for delivery in try await shop.driver.take("points") {
            #expect(await shop.driver.deadLetter(delivery.receipt) == nil)
        }
        return shop
    }

    /// What had a row seemed never to have been given back: a second row was refused by the table, and each redrive
    /// with it.
    @Test func `is refused, because they come by redrive`() async throws {
        let shop = try await shop()
        #expect(try await shop.driver.redrive("points") == 2)
        for isPreview in [false, true] {
            let reply = await shop.ask(
                LookBack("points", .deadLetters(of: "points"), to: .oldest, isPreview: isPreview))
            #expect(reply.refusal?.code == "not_for_this_group")
        }
        #expect(try await shop.driver.drain("points").sorted() == [0, 1])
    }

    @Test func `what an earlier release has moved does not stop redrive`() async throws {
        let shop = try await shop()
        #expect(try await shop.driver.redrive("points") == 2)
        // The cursor at its beginning, as that look-back left it.
        let queue = StoredQueueNumber(2)
        try shop.engine.store.write { transaction in
            var row = try #require(try transaction.cursor(group: GroupNumber(1), queue: queue))
            let epoch = row.epoch
            row.epoch += 1
            row.floor = 0
            row.ranges = ""
            row.fence = 2
            #expect(try transaction.put(row, replacing: epoch))
        }
        try shop.crash()
        #expect(try await shop.driver.redrive("points") == 0)
        #expect(try await shop.driver.drain("points").sorted() == [0, 1])
    }
}
