import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// The event of a timeout that fired names the event that gave it its due time.
@Suite struct `The cause of a timeout that fired` {
    private func firing(of id: OrderID, in book: OrderBook) throws -> (events: [EventView], cause: Position?) {
        let events = try #require(try book.history(of: id))
        #expect(events.last?.type == "$timeout")
        return (events, events.last?.cause)
    }

    @Test func `is the event that armed it`() async throws {
        let book = try await mugBook(stock: 10)
        try await book.submit(place("o-1"))
        try await book.submit(place("o-2"))
        book.advance(by: .minutes(30))
        for id in ["o-1", "o-2"] as [OrderID] {
            let (events, cause) = try firing(of: id, in: book)
            #expect(cause == events.first?.position)
            #expect(events.first?.cause == nil)
        }
    }

    @Test func `is the event that moved it, when one did`() async throws {
        let book = try await mugBook(stock: 10)
        try await book.submit(place("o-1"))
        try await book.extendTimeout("unpaid.after.30m", of: "o-1", by: .minutes(5))
        book.advance(by: .hours(1))
        let (events, cause) = try firing(of: "o-1", in: book)
        #expect(events.map(\.type) == ["place", "$reschedule", "$timeout"])
        #expect(cause == events[1].position)
    }

    @Test func `is known when a command comes before the overdue timeout`() async throws {
        let clock = VirtualClock(start: noon)
        let file = try ShopFile()
        let book = try file.open(clock)
        try await book.submit(StockCommand(.receive(10), of: mug))
        try await book.submit(place("o-1"))
        await book.close()
        let late = try file.open(VirtualClock(start: noon.advanced(by: .hours(2))))
        defer { late.close() }
        _ = await late.answer(to: pay("o-1"))
        let events = try #require(try await late.history(of: "o-1"))
        #expect(events.map(\.type) == ["place", "$timeout"])
        #expect(events.last?.cause == events.first?.position)
    }

    @Test func `stays with a timeout whose handling had to be tried again`() throws {
        let store = try Store.inMemory()
        let key = TimeoutKey(kind: .order, due: noon, owner: 1, name: "x")
        try store.write { transaction in
            try transaction.insert(key, cause: Position(7))
            let due = try transaction.dueTimeouts(.order, upTo: noon, limit: 9)
            #expect(due == [DueTimeout(key: key, cause: Position(7))])
            try transaction.postpone(due[0], until: noon, error: "no disk")
            let again = try transaction.dueTimeouts(.order, upTo: noon, limit: 9)
            #expect(again == [DueTimeout(key: key, attempt: 1, cause: Position(7))])
        }
    }
}
