import Fixtures
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// Units that move are an event of either place.
@Suite struct `A restore up to a move of units` {
    @Test(arguments: [0, 1] as [Int64])
    func `has them at one of the two places`(ahead: Int64) async throws {
        let directory = try TemporaryDirectory()
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: Shop.opening)))
        let (north, south) = (StockKey(sku: "mug", location: "north"), StockKey(sku: "mug", location: "south"))
        try await book.submit(StockCommand(.receive(30), of: north))
        let moved = try await book.submit(StockCommand(.move(10, to: "south"), of: north))
        try await book.submit(StockCommand(.move(5, to: "south"), of: north))
        let first = try #require(moved.position)
        let path = directory.file("cut.db")
        let report = try RestoreToEvent(book, upTo: Position(first.number + ahead))
            .run(into: path, history: directory.file("cut.jsonl"))
        #expect(report.event == Position(first.number + 1) && report.events == 2)
        #expect(report.differingStockCount == 0)
        let cut = try OrderBook.open(path, workflows: [], world: .virtual(VirtualClock(start: Shop.opening)))
        #expect(try await cut.stock(north)?.free == 20)
        #expect(try await cut.stock(south)?.free == 10)
        await cut.close()
        await book.close()
    }
}
