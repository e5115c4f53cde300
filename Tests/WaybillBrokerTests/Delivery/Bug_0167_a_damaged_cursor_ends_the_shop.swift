import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0167: a cursor that says what cannot be` {
    private func damage(_ shop: ReopenedBroker, _ change: (inout CursorRow) -> Void) throws {
        try shop.engine.store.write { transaction in
            var cursor = try #require(try transaction.cursors(of: GroupNumber(1), limit: 9).first)
            let epoch = cursor.epoch
            change(&cursor)
            #expect(try transaction.put(cursor, replacing: epoch))
        }
    }

    @Test(
        arguments: [
            { $0.ranges = "garbage" }, { $0.ranges = "3-9223372036854775807" }, { $0.floor = .max },
            { $0.floor = 4 }, { $0.epoch = .max }, { $0.deliveredThrough = .max }, { $0.fence = .max },
            { $0.gap = .max },
            { $0.ranges = "1000000000000-1000000000001" },
        ] as [@Sendable (inout CursorRow) -> Void])
    func `parks its group on that queue, and all else is served`(
        change: @Sendable (inout CursorRow) -> Void
    ) async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin()
        try await broker.createTopic("news", .mixed)
        try await broker.createGroup("mail", GroupSettings())
        for number in 0..<3 { try await broker.send(number) }
        #expect(try await broker.drain("points") == [0, 1, 2])
        #expect(try await broker.drain("points", Subscription("news")) == [])
        try damage(shop, change)
        try broker.crash()
        #expect(try await broker.take("points").isEmpty)
        let lag = try await broker.lags("points").first { $0.topic == "orders" }
        #expect(lag?.heldBack?.contains("damaged") == true)
        #expect(try await broker.drain("mail") == [0, 1, 2])
        try await broker.send(7, to: "news")
        #expect(try await broker.drain("points", Subscription("news")) == [7])
        try await broker.send(3)
        while try shop.engine.maintain() {}
        #expect(try await broker.take("points").isEmpty)
        // A look-back begins it anew.
        _ = try await broker.lookBack("points", "orders", .oldest, false)
        #expect(try await broker.drain("points") == [0, 1, 2, 3])
        try broker.restart()
        #expect(try await broker.lags("points").allSatisfy { $0.heldBack == nil })
    }
}
