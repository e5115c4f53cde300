import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0199: retention cuts a topic amid what a group has finished` {
    private static let count = 2_000

    /// A consumer holds the first message, and has finished most of the others.
    private func shop() async throws -> ReopenedBroker {
        let shop = try ReopenedBroker()
        _ = try await shop.ask(CreateTopic("orders", TopicSettings(type: .mixed, bytesMax: 1 << 20))).get()
        try await shop.driver.createGroup("points", GroupSettings(attemptsMax: 3))
        #expect(try await shop.driver.take("points").isEmpty)
        let filling = String(repeating: "x", count: 1_000)
        for first in stride(from: 0, to: Self.count, by: 25) {
            let messages = (first..<first + 25).map {
                NewMessage(to: "orders", body: Array("\($0)".utf8), properties: ["filling": Text(filling)])
            }
            #expect(await shop.ask(Send(messages)).refusal == nil)
        }
        #expect(try await shop.driver.take("points", max: 1).numbers == [0])
        for _ in 0..<15 {
            for delivery in try await shop.driver.take("points", max: 100) {
                #expect(await shop.driver.acknowledge(delivery.receipt) == nil)
            }
        }
        return shop
    }

    /// What is wrong with the cursor as the file has it; nil: nothing.
    private func damage(_ shop: ReopenedBroker) throws -> String? {
        try shop.engine.store.read { rows in
            let queue = StoredQueueNumber(1)
            let cursor = try #require(try rows.cursor(group: GroupNumber(1), queue: queue))
            return cursor.damage(end: try rows.nextOffset(of: queue))
        }
    }

    /// The row said that the ranges begin at its floor, which an opening takes for damage. The next round wrote it
    /// anew, so that only a crash right after the cut met it.
    @Test func `each write leaves a row that an opening takes`() async throws {
        let shop = try await shop()
        shop.driver.pass(.seconds(10))
        var isMore = true
        var rounds = 0
        while isMore {
            isMore = try shop.engine.maintain()
            rounds += 1
            #expect(try damage(shop) == nil, "after round \(rounds)")
        }
        let cut = try shop.engine.store.read { try $0.cursor(group: GroupNumber(1), queue: StoredQueueNumber(1))?.gap }
        #expect(cut != nil)
    }

    @Test func `the group reads on after a crash`() async throws {
        let shop = try await shop()
        shop.driver.pass(.seconds(10))
        while try shop.engine.maintain() {}
        let oldest = try shop.engine.store.read { try $0.oldestOffset(of: StoredQueueNumber(1)) }
        #expect(oldest.map { (2..<1_500).contains($0) } == true, "\(oldest ?? -1)")
        try shop.crash()
        let lag = try #require(try await shop.driver.lags("points").first)
        #expect(lag.heldBack == nil)
        #expect(try await shop.driver.drain("points") == Array(1_501..<Self.count))
    }
}
