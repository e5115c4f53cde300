import Testing
import Waybill

@Suite struct `An order paid in several payments` {
    @Test func `is paid when together they reach the total`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2, cups: 1)
        await shop.pay("o-1", "p1", 2_000)
        await shop.pay("o-1", "p2", 2_999)
        #expect(try shop.status("o-1") == "awaiting payment")
        #expect(try shop.stock(mugStock) == [8, 2, 0])
        await shop.pay("o-1", "p3", 1)
        #expect(try shop.status("o-1") == "awaiting shipment")
        #expect(try shop.sent("o-1") == ["order:paid"])
        #expect(try shop.stock(mugStock) == [8, 0, 2])
        #expect(try shop.stock(cupStock) == [9, 0, 1])
        #expect(try await shop.book.order("o-1")?.timeouts == [])
    }

    @Test func `is paid when the price comes down to what is there`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2, cups: 1)
        await shop.pay("o-1", "p1", 4_500)
        await shop.changePrice("o-1", "b", 2_501)
        #expect(try shop.status("o-1") == "awaiting payment")
        await shop.changePrice("o-1", "b", 2_500)
        #expect(try shop.status("o-1") == "awaiting shipment")
        #expect(try shop.money("o-1") == ["p1": [4_500, 0, 0]])
    }

    @Test func `gets back what is too much when the price comes down further`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1, cups: 1)
        await shop.pay("o-1", "p1", 1_000)
        await shop.pay("o-1", "p2", 2_000)
        await shop.changePrice("o-1", "b", 1_999)
        #expect(try shop.sent("o-1").sorted() == ["order:paid", "refunds"])
        // One cent over: it goes to the larger remainder, p2's two thirds.
        #expect(try shop.money("o-1") == ["p1": [1_000, 0, 0], "p2": [2_000, 1, 0]])
    }

    @Test func `gets a second full payment back as it came`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2)
        await shop.pay("o-1", "p1", 2_000)
        await shop.pay("o-1", "p2", 2_000)
        #expect(try shop.status("o-1") == "awaiting shipment")
        #expect(try shop.sent("o-1") == ["refunds"])
        #expect(try shop.money("o-1") == ["p1": [2_000, 0, 0], "p2": [2_000, 2_000, 0]])
        #expect(try shop.stock(mugStock) == [8, 0, 2])
    }

    @Test func `costs nothing when the discount says so, and is paid at once`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1, discount: 1_000)
        #expect(try shop.status("o-1") == "awaiting shipment")
        #expect(await shop.place("o-2", mugs: 1, discount: 1_001).refusalCode == "invariant_broken")
        #expect(try shop.stock(mugStock) == [9, 0, 1])
    }

    @Test func `sends the payment back that it cannot keep any more`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        for number in 1...50 { #expect(await shop.pay("o-1", "p\(number)", 1).refusalCode == nil) }
        #expect(await shop.pay("o-1", "p51", 950).refusalCode == nil)
        #expect(try shop.sent("o-1") == ["refunds"])
        #expect(try shop.status("o-1") == "awaiting payment")
        // All fifty go back by the ways they came, in one write.
        shop.book.advance(by: .minutes(30))
        #expect(try shop.sent("o-1").count { $0 == "refunds" } == 50)
        #expect(try shop.money("o-1").values.allSatisfy { $0 == [1, 1, 0] })
    }
}
