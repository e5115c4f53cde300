import EngineFixtures
import Fixtures
import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// A census: how many orders there are of each workflow in each status.
@Suite struct `Orders are counted` {
    private struct Doubt: Error {}

    private func cancel(_ id: OrderID) -> OrderCommand { OrderCommand("cancel", of: id) }

    /// What the rows say, counted one by one.
    private func counted(_ book: OrderBook) throws -> [String: Int64] {
        var counts: [String: Int64] = [:]
        var after: StreamNumber? = StreamNumber(0)
        while let number = after {
            let page = try book.engine.store.read { rows in try rows.orders(after: number, limit: 7) }
            after = page.next
            for row in page.orders {
                counts["\(try book.engine.workflow(row.workflow).name) \(row.status)", default: 0] += 1
            }
        }
        return counts
    }

    private func shown(_ census: OrderBook.Census) -> [String: Int64] {
        Dictionary(uniqueKeysWithValues: census.counts.map { ("\($0.workflow) \($0.status)", $0.orders) })
    }

    @Test func `by every commit, as a walk through all of them counts them, as of the last event`() async throws {
        let book = try await mugBook(stock: 40)
        #expect(try await book.census().counts.isEmpty)
        for number in 0..<30 {
            let id = OrderID("o-\(number)")
            _ = await book.answer(to: place(id))
            if number.isMultiple(of: 3) { _ = await book.answer(to: pay(id)) }
            if number.isMultiple(of: 4) { _ = await book.answer(to: cancel(id)) }
            if number.isMultiple(of: 5) { _ = await book.answer(to: place(id)) }
            book.advance(by: .minutes(4))
            let census = try await book.census()
            #expect(shown(census) == (try counted(book)), "after order \(number)")
            #expect(census.position == book.engine.lastPosition && census.eventsBehind == 0)
        }
        book.advance(by: .hours(1))
        let census = shown(try await book.census())
        #expect(census == (try counted(book)))
        #expect(census.values.reduce(0, +) == 30 && census["mug-shop awaiting payment"] == nil)
        #expect(census["mug-shop paid"] ?? 0 > 3 && census["mug-shop closed"] ?? 0 > 3)
    }

    @Test func `with those that were placed and moved in one write`() async throws {
        let book = try await mugBook(stock: 40)
        let answers = book.engine.answers([place("o-1"), place("o-2"), pay("o-1"), place("o-3"), cancel("o-2")])
        #expect(answers.allSatisfy { $0.isAccepted })
        #expect(
            shown(try await book.census())
                == ["mug-shop paid": 1, "mug-shop closed": 1, "mug-shop awaiting payment": 1])
    }

    @Test func `with their children`() async throws {
        let book = try await FamilyShop.book()
        try await book.submit(FamilyShop.place("o-1"))
        try await book.submit(FamilyShop.pack("o-1", "b1", 4))
        #expect(shown(try await book.census()) == (try counted(book)))
        #expect(try await book.census().counts.map(\.workflow) == ["basket", "box"])
    }

    @Test func `not with those of a write that was undone`() async throws {
        let book = try await mugBook(stock: 40)
        try await book.submit(place("o-1"))
        await #expect(throws: (any Error).self) {
            _ = try await book.transact(place("o-2")) { _ in throw Doubt() }
        }
        #expect(shown(try await book.census()) == ["mug-shop awaiting payment": 1])
        try await book.submit(pay("o-1"))
        #expect(shown(try await book.census()) == ["mug-shop paid": 1])
    }

    /// A file that an earlier release has filled: its orders are in no count.
    private func fileOfEarlierRelease(orders: Int) async throws -> ShopFile {
        let file = try ShopFile()
        let before = try file.open()
        try await before.submit(StockCommand(.receive(Int64(orders) + 100), of: mug))
        for answer in before.engine.answers((0..<orders).map { place(OrderID("o-\($0)")) }) {
            #expect(answer.isAccepted)
        }
        await before.close()
        try sqlite(
            file.path,
            """
            DELETE FROM waybill_order_count;
            INSERT INTO setting (name, value) SELECT 'orders counted to', 0 WHERE EXISTS (SELECT 1 FROM orders);
            """)
        return file
    }

    @Test func `bit by bit in a file of an earlier release, while work goes on`() async throws {
        let file = try await fileOfEarlierRelease(orders: 4_500)
        let book = try file.open()
        let first = try await book.census()
        #expect(first.counts.isEmpty && first.eventsBehind == book.engine.lastPosition.number)
        var rounds = 0
        while try await book.census().eventsBehind > 0 {
            rounds += 1
            try #require(rounds < 10)
            // One that is counted, one that is not yet, and a new one.
            try await book.submit(pay(OrderID("o-\(rounds)")))
            try await book.submit(pay(OrderID("o-\(4_500 - rounds)")))
            try await book.submit(place(OrderID("n-\(rounds)")))
            try book.engine.maintain()
        }
        #expect(rounds == 3)
        #expect(shown(try await book.census()) == (try counted(book)))
        try await book.submit(pay("o-4000"))
        #expect(shown(try await book.census()) == (try counted(book)))
        await book.close()
        #expect(try sqlite(file.path, "SELECT count(*) FROM setting WHERE name = 'orders counted to'") == "0")
    }

    @Test func `on from where an opening before has stopped`() async throws {
        let file = try await fileOfEarlierRelease(orders: 2_100)
        var book = try file.open()
        try book.engine.maintain()
        let behind = try await book.census().eventsBehind
        #expect(behind > 0 && behind < book.engine.lastPosition.number)
        await book.close()
        book = try file.open()
        #expect(try await book.census().eventsBehind == behind)
        try await book.submit(pay("o-2099"))
        try book.engine.maintain()
        #expect(try await book.census().eventsBehind == 0)
        #expect(shown(try await book.census()) == (try counted(book)))
        await book.close()
    }
}
