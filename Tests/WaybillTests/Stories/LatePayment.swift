import Testing
import Waybill
import WaybillCore

@Suite struct `A payment at the end of its time` {
    @Test func `counts in the last millisecond`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        shop.book.advance(by: Interval(milliseconds: 30 * 60_000 - 1))
        await shop.pay("o-1", "p1", 1_000)
        #expect(try await shop.book.history(of: "o-1")?.map(\.type) == ["place", "pay"])
        shop.book.advance(by: .hours(1))
        #expect(try shop.status("o-1") == "awaiting shipment")
        #expect(try shop.stock(mugStock) == [9, 0, 1])
    }

    @Test func `is late in the millisecond of the expiry: the timeout was first`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        shop.book.advance(by: .minutes(30))
        #expect(try shop.status("o-1") == "closed")
        await shop.pay("o-1", "p1", 1_000)
        #expect(try await shop.book.history(of: "o-1")?.map(\.type) == ["place", "$timeout", "pay"])
        #expect(try shop.status("o-1") == "awaiting shipment")
    }
}

@Suite struct `A late payment` {
    @Test func `takes the stock again and revives the order`() async throws {
        let shop = try await StandardShop(mugs: 2, cups: 1)
        await shop.place("o-1", mugs: 2, cups: 1)
        shop.book.advance(by: .hours(29))
        #expect(try shop.stock(mugStock) == [2, 0, 0])
        #expect(try shop.status("o-1") == "closed")
        await shop.pay("o-1", "p1", 5_000)
        #expect(try shop.status("o-1") == "awaiting shipment")
        #expect(try shop.stock(mugStock) == [0, 0, 2])
        #expect(try shop.stock(cupStock) == [0, 0, 1])
        #expect(await shop.ship("o-1", "x1", ("a", 2), ("b", 1)).refusalCode == nil)
    }

    @Test func `goes back whole when one line of the stock is gone, and nothing is taken`() async throws {
        let shop = try await StandardShop(mugs: 2, cups: 1)
        await shop.place("o-1", mugs: 2, cups: 1)
        shop.book.advance(by: .minutes(30))
        await shop.place("o-2", mugs: 1, cups: 1)
        await shop.pay("o-1", "p1", 5_000)
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.sent("o-1") == ["refunds"])
        #expect(try shop.money("o-1") == ["p1": [5_000, 5_000, 0]])
        #expect(try shop.stock(mugStock) == [1, 1, 0])
        #expect(try shop.stock(cupStock) == [0, 1, 0])
        #expect(await shop.ship("o-1", "x1", ("a", 1)).refusalCode == "not_possible")
    }

    @Test func `of a part goes back, as the parts before it did, to the cent`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 10)
        await shop.pay("o-1", "p1", 3_333)
        await shop.pay("o-1", "p2", 1)
        shop.book.advance(by: .minutes(30))
        #expect(try shop.sent("o-1").sorted() == ["order:closed", "refunds", "refunds"])
        #expect(try shop.money("o-1") == ["p1": [3_333, 3_333, 0], "p2": [1, 1, 0]])
        await shop.pay("o-1", "p3", 9_999)
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.money("o-1")["p3"] == [9_999, 9_999, 0])
    }

    @Test func `finds the stock again when it comes back, and only then`() async throws {
        let shop = try await StandardShop(mugs: 1)
        await shop.place("o-1", mugs: 1)
        shop.book.advance(by: .minutes(30))
        await shop.place("o-2", mugs: 1)
        await shop.pay("o-1", "p1", 1_000)
        #expect(try shop.status("o-1") == "closed")
        shop.book.advance(by: .minutes(30))
        await shop.pay("o-1", "p2", 1_000)
        #expect(try shop.status("o-1") == "awaiting shipment")
        // What went back stays on its way back; only the second payment pays.
        #expect(try shop.money("o-1") == ["p1": [1_000, 1_000, 0], "p2": [1_000, 0, 0]])
        await shop.pay("o-2", "q1", 1_000)
        #expect(try shop.status("o-2") == "closed")
        #expect(try shop.money("o-2") == ["q1": [1_000, 1_000, 0]])
    }
}
