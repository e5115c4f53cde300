import Testing
import WaybillCore
import WaybillEngine
import WaybillStore

@testable import WaybillBroker

@Suite struct `Bug 0195: a group that owes more by rows than it may` {
    /// An opening counted no more rows than the bound, and each that was done took one off: with rows left there seemed
    /// to be none, and a message group lost its order.
    @Test func `knows after an opening how many there are`() async throws {
        let shop = try ReopenedBroker { $0.owedMax = 3 }
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 9))
        for number in 0..<10 { try await shop.driver.send(number) }
        #expect(try await shop.driver.take("points").count == 10)
        _ = try await shop.driver.lookBack("points", "orders", .oldest, false)
        try shop.restart()
        let key = CursorKey(group: GroupNumber(1), queue: StoredQueueNumber(1))
        #expect(shop.engine.groups.read { $0.cursor(key) { $0.owed } } == 10)
        #expect(try await shop.driver.drain("points").count == 10)
        #expect(shop.engine.groups.read { $0.cursor(key) { $0.owed } } == 0)
    }
}
