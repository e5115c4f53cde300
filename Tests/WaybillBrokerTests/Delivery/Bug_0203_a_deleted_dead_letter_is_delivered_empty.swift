import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0203: a dead letter is deleted that another group reads` {
    private static let dead = Subscription(.deadLetters(of: "points"))

    /// Three dead letters, and a group that reads them.
    private func shop(_ rules: GroupSettings) async throws -> ReopenedBroker {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 1))
        for number in 0..<3 { try await shop.driver.send(number, key: "k") }
        for delivery in try await shop.driver.take("points") {
            #expect(await shop.driver.deadLetter(delivery.receipt) == nil)
        }
        try await shop.driver.createGroup("care", rules)
        #expect(await shop.ask(Subscribe("care", Self.dead)).refusal == nil)
        return shop
    }

    private func delete(_ offset: Int64, _ shop: ReopenedBroker) async throws {
        let page = try #require(try shop.engine.messages.deadLetters(of: "points", from: offset, limit: 1))
        let letter = try #require(page.letters.first)
        #expect(await shop.ask(DeleteDeadLetter(letter.letter.id, at: letter.offset, of: "points")).refusal == nil)
    }

    /// It came with an empty body: its place stays, and says what it was.
    @Test(arguments: [GroupSettings(), GroupSettings(isFIFO: true), GroupSettings(attemptsMax: 1)])
    func `it is passed over`(rules: GroupSettings) async throws {
        let shop = try await shop(rules)
        try await delete(1, shop)
        var bodies: [[UInt8]] = []
        while true {
            let batch = try await shop.driver.take("care", Self.dead)
            if batch.isEmpty { break }
            bodies += batch.map(\.body)
            for delivery in batch { #expect(await shop.driver.acknowledge(delivery.receipt) == nil) }
        }
        #expect(bodies == [Array("0".utf8), Array("2".utf8)])
        #expect(try await shop.driver.lags("care").map(\.messages) == [0])
    }

    @Test(arguments: [false, true]) func `it does not come again`(isFIFO: Bool) async throws {
        let shop = try await shop(GroupSettings(isFIFO: isFIFO, attemptsMax: 3, ladder: [.seconds(1)]))
        let first = try await shop.driver.take("care", Self.dead, max: 1)
        #expect(first.numbers == [0])
        #expect(await shop.driver.fail(first[0].receipt, nil) == nil)
        try await delete(0, shop)
        shop.driver.pass(.seconds(2))
        let rest = try await shop.driver.drain("care", Self.dead)
        #expect(rest == [1, 2])
        #expect(
            try shop.engine.store.read { try $0.redeliveries(of: GroupNumber(2), in: StoredQueueNumber(2), limit: 9) }
                == [])
    }
}
