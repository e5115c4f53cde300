import EngineFixtures
import Fixtures
import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// How many timeouts there are: told without a question that counts them.
@Suite struct `Timeouts are counted` {
    private struct Doubt: Error {}

    /// What the rows say, counted one by one.
    private func counted(_ book: OrderBook, _ kind: TimeoutKind = .order) throws -> Int64 {
        try book.engine.store.read { rows in
            let waiting = try rows.countTimeouts(kind, upTo: Moment(milliseconds: .max), limit: .max)
            return Int64(waiting) + (try rows.countRetries(kind, limit: .max).all)
        }
    }

    /// What is told, with no more than one counted for it.
    private func told(_ book: OrderBook, _ kind: String = "order") throws -> Int64? {
        try book.engine.fileNumbers(upTo: 1).timeouts.first { $0.kind == kind }?.pending
    }

    @Test func `by every commit, beyond what is counted for it`() async throws {
        let book = try await mugBook(stock: 40)
        for number in 0..<30 {
            let id = OrderID("o-\(number)")
            _ = await book.answer(to: place(id))
            if number.isMultiple(of: 3) { _ = await book.answer(to: pay(id)) }
            if number.isMultiple(of: 4) { _ = await book.answer(to: OrderCommand("cancel", of: id)) }
            book.advance(by: .minutes(4))
            #expect(try told(book) == (try counted(book)), "after order \(number)")
        }
        #expect(try counted(book) > 3)
        try await book.changeTimeouts(
            TimeoutChange(.extend(by: .minutes(1)), "unpaid.after.30m", where: OrderFilter(status: "awaiting payment")))
        #expect(try told(book) == (try counted(book)))
    }

    @Test func `not with those of a write that was undone`() async throws {
        let book = try await mugBook(stock: 40)
        try await book.submit(place("o-1"))
        await #expect(throws: (any Error).self) {
            _ = try await book.transact(place("o-2")) { _ in throw Doubt() }
        }
        #expect(try told(book) == 1)
        try await book.submit(place("o-3"))
        #expect(try told(book) == 2)
    }

    @Test func `with those that could not be handled, wherever they are`() throws {
        let store = try Store.inMemory()
        let keys = (1...4).map { TimeoutKey(kind: .order, due: noon, owner: $0, name: "t") }
        try store.write { transaction in
            _ = try transaction.countMoreTimeouts(limit: 100)
            for key in keys { try transaction.insert(key) }
            try transaction.postpone(DueTimeout(key: keys[0]), until: nil, error: "why")
            try transaction.postpone(DueTimeout(key: keys[1]), until: noon, error: "why")
            try transaction.postpone(DueTimeout(key: keys[1], attempt: 1), until: nil, error: "why")
            try transaction.delete(keys[0])
            try transaction.move(keys[2], to: noon.advanced(by: .minutes(1)))
            #expect(try !transaction.delete(keys[2]))
        }
        let told = store.timeoutCounts.pending(.order)
        #expect(told.timeouts == 3 && told.isWhole)
    }

    @Test func `bit by bit after an opening, while they come and go on both sides of what is counted`() async throws {
        let file = try ShopFile()
        let world = World.virtual(VirtualClock(start: noon))
        let before = try OrderBook.open(file.path, workflows: [mugShop], world: world)
        try await before.submit(StockCommand(.receive(13_000), of: mug))
        for answer in before.engine.answers((0..<12_500).map { place(OrderID("o-\($0)")) }) {
            #expect(answer.isAccepted)
        }
        await before.close()
        let book = try OrderBook.open(file.path, workflows: [mugShop], world: world)
        defer { book.close() }
        #expect(!book.engine.store.timeoutCounts.pending(.order).isWhole)
        var rounds = 0
        while !book.engine.store.timeoutCounts.pending(.order).isWhole {
            rounds += 1
            try #require(rounds < 10)
            for number in [rounds, 12_500 - rounds] { try await book.submit(pay(OrderID("o-\(number)"))) }
            try await book.submit(place(OrderID("n-\(rounds)")))
            try book.engine.maintain()
        }
        #expect(rounds > 1)
        #expect(try told(book) == 12_500 - Int64(rounds))
        #expect(try told(book) == (try counted(book)))
        try await book.submit(pay("o-700"))
        #expect(try told(book) == (try counted(book)))
    }
}
