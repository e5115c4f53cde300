import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillEngine

@Suite struct `A replay` {
    @Test(arguments: [11, 12, 13, 14, 15, 16] as [UInt64])
    func `of a crowd's orders comes to what is stored, folded and decided again`(_ seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("crowd.db")
        let book = try OrderBook.open(path, world: .virtual(VirtualClock(start: Shop.opening)))
        var shoppers = Shoppers(book, seed: seed)
        try await shoppers.live(steps: 500)
        let replay = Replay(book)
        let whole = try replay.fold()
        #expect(whole.first == [])
        #expect(whole.events == Int(book.engine.lastPosition.number))
        let decided = try replay.decide()
        #expect(decided.first == [])
        #expect(decided.events > 100)
        #expect(try replay.foldStock().first == [])
        var narrow = Replay.Settings()
        narrow.openMax = 3
        narrow.pageMax = 7
        let folded = try Replay(book, settings: narrow).fold()
        #expect(folded.first == [])
        #expect(folded.events == whole.events)
        #expect(folded.orders == whole.orders)
        await book.close()
        #expect(try Verify().run(path).findings == [])
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3")))
    func `names the event that comes out otherwise`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        try await Shop.fill(path)
        let position = try sqlite(
            path,
            "SELECT position FROM event WHERE type = 'pay' AND stream = (SELECT number FROM orders WHERE id = 'sale-2')"
        )
        let change = "UPDATE event SET body = replace(body, 'awaiting shipment', 'awaiting nothing')"
        _ = try sqlite(path, "\(change) WHERE position = \(position)")
        let book = try OrderBook.open(path, workflows: [], world: .virtual(VirtualClock(start: Shop.opening)))
        let decided = try Replay(book).decide()
        #expect(decided.differences == 1)
        #expect(decided.first.first?.position == Int64(position))
        #expect(decided.first.first?.order == "sale-2")
        #expect(try Replay(book).fold().first.first?.order == "sale-2")
        await book.close()
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3")))
    func `decides by the rules of each event, and counts those whose rules it does not know`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        try await Shop.fill(path)
        #expect(try sqlite(path, "SELECT DISTINCT semantics FROM event") == "3")
        _ = try sqlite(path, "UPDATE event SET semantics = 1 + position % 2 WHERE type = 'place'")
        let book = try OrderBook.open(path, workflows: [], world: .virtual(VirtualClock(start: Shop.opening)))
        let decided = try Replay(book).decide()
        #expect(decided.otherSemantics == 0)
        #expect(decided.first == [])
        await book.close()
        let unknown = "CASE type WHEN 'pay' THEN 1000 ELSE 0 END"
        _ = try sqlite(path, "UPDATE event SET semantics = \(unknown) WHERE type IN ('pay', 'ship')")
        let later = try OrderBook.open(path, workflows: [], world: .virtual(VirtualClock(start: Shop.opening)))
        let rest = try Replay(later).decide()
        #expect(rest.otherSemantics == 3)
        #expect(rest.events == decided.events - 3)
        #expect(rest.first == [])
        await later.close()
    }
}
