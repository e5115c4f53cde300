import Testing
import WaybillCore
import WaybillEngine
import WaybillStore

@testable import WaybillBroker

@Suite struct `Bug 0193: a group looks back twice in one write` {
    private static let twice: [any BrokerVerb] = [
        LookBack("points", "orders", to: .oldest, isPreview: false),
        LookBack("points", "orders", to: .oldest, isPreview: false),
    ]

    private func shop(_ count: Int) async throws -> ReopenedBroker {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 9))
        for number in 0..<count { try await shop.driver.send(number) }
        return shop
    }

    /// The second one asked memory, which knew nothing of the rows that the first had made.
    @Test func `memory counts what it owes by rows`() async throws {
        let shop = try await shop(10)
        #expect(try await shop.driver.take("points", max: 5).count == 5)
        #expect(shop.engine.areRefused(Self.twice) == [false, false])
        let key = CursorKey(group: GroupNumber(1), queue: StoredQueueNumber(1))
        let rows = try shop.engine.store.read { try $0.countRedeliveries(of: key.group, in: key.queue) }
        #expect(rows == 5)
        #expect(shop.engine.groups.read { $0.cursor(key) { $0.owed } } == rows)
        #expect(try await shop.driver.drain("points").sorted() == Array(0..<10))
        #expect(shop.engine.groups.read { $0.cursor(key) { $0.owed } } == 0)
    }

    /// What was finished before a crash came again as new, and modules would have acted on it once more.
    @Test func `what was finished comes again marked as replayed, and once`() async throws {
        let shop = try await shop(10)
        #expect(try await shop.driver.drain("points").count == 10)
        try shop.crash()
        #expect(shop.engine.areRefused(Self.twice) == [false, false])
        let again = try await shop.driver.take("points", max: 100)
        #expect(again.numbers == Array(0..<10))
        #expect(again.allSatisfy { $0.isReplayed && $0.attempt == 1 })
        #expect(try await shop.driver.take("points", max: 100).isEmpty)
    }
}
