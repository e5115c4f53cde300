import Testing
import Waybill

@Suite struct `A cancelled order` {
    @Test func `gives stock and part payments back`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2, cups: 1)
        await shop.pay("o-1", "p1", 1_000)
        await shop.cancel("o-1")
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.stock(mugStock) == [10, 0, 0])
        #expect(try shop.stock(cupStock) == [10, 0, 0])
        #expect(try shop.money("o-1") == ["p1": [1_000, 1_000, 0]])
        #expect(try await shop.book.order("o-1")?.timeouts == [])
    }

    @Test func `is not revived by a payment that was under way`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2)
        await shop.cancel("o-1")
        await shop.pay("o-1", "p1", 2_000)
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.money("o-1") == ["p1": [2_000, 2_000, 0]])
        #expect(try shop.stock(mugStock) == [10, 0, 0])
    }

    @Test func `was paid: everything goes back`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2, cups: 1)
        await shop.pay("o-1", "p1", 3_000)
        await shop.pay("o-1", "p2", 2_000)
        await shop.cancel("o-1")
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.sent("o-1").sorted() == ["order:closed", "refunds", "refunds"])
        #expect(try shop.money("o-1") == ["p1": [3_000, 3_000, 0], "p2": [2_000, 2_000, 0]])
        #expect(try shop.stock(mugStock) == [10, 0, 0])
        #expect(try await shop.book.order("o-1")?.holdings == [])
        #expect(await shop.ship("o-1", "x1", ("a", 1)).refusalCode == "not_possible")
        #expect(await shop.cancel("o-1").refusalCode == "not_possible")
    }

    @Test func `had shipped a part: the rest stays here, and its price goes back`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 3, cups: 1)
        await shop.pay("o-1", "p1", 6_000)
        await shop.ship("o-1", "x1", ("a", 1))
        await shop.cancel("o-1")
        #expect(try shop.status("o-1") == "awaiting receipt")
        #expect(try shop.money("o-1") == ["p1": [6_000, 5_000, 0]])
        #expect(try shop.stock(mugStock) == [9, 0, 1])
        #expect(try shop.stock(cupStock) == [10, 0, 0])
        #expect(await shop.ship("o-1", "x2", ("a", 1)).refusalCode == "beyond_holding")
        await shop.sign("o-1", "x1", ("a", 1))
        await shop.takeBack("o-1", "c1", refund: 1_000, mugs: 1)
        #expect(try shop.money("o-1") == ["p1": [6_000, 6_000, 0]])
        #expect(try shop.stock(mugStock) == [10, 0, 0])
    }

    @Test func `never gives back more for the rest than it cost`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 3, discount: 2_900)
        await shop.pay("o-1", "p1", 100)
        await shop.ship("o-1", "x1", ("a", 1))
        await shop.cancel("o-1")
        // One mug has left: it costs its third of the 100.
        #expect(try shop.money("o-1") == ["p1": [100, 67, 0]])
    }

    @Test func `has left the house: it is too late`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        await shop.pay("o-1", "p1", 1_000)
        await shop.ship("o-1", "x1", ("a", 1))
        #expect(await shop.cancel("o-1").refusalCode == "not_possible")
    }
}
