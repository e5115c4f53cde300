import Fixtures
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A purchase limit that an order lowers changes behind it, and one that it raises before it, in the same write.
@Suite struct `A restore of orders that change a purchase limit` {
    @Test func `has the limit of the last order at each event`() async throws {
        let directory = try TemporaryDirectory()
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: Shop.opening)))
        try await book.submit(StockCommand(.receive(30), of: StockKey(sku: "phone")))
        for (id, limit) in [("o-1", 5), ("o-2", 2), ("o-3", 3)] as [(OrderID, Int64)] {
            try await book.submit(
                OrderCommand(
                    "place", of: id,
                    data: ["buyer": "ann", "sku": "phone", "at": "", "price_cents": 900, "limit": .int(limit)],
                    workflow: "flash-sale"))
        }
        let last = book.engine.lastPosition.number
        #expect(last >= 7)
        for event in 1...last {
            let report = try RestoreToEvent(book, upTo: Position(event))
                .run(into: directory.file("cut-\(event).db"), history: directory.file("cut-\(event).jsonl"))
            #expect(report.differingStockCount == 0 && report.differingCount == 0, "event \(event): \(report)")
        }
        await book.close()
    }
}
