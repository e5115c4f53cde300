import Testing
import Waybill
import WaybillCore

@Suite struct `The rest of an order that is called off` {
    private let parcel = ("a", Int64(1))

    @Test(
        arguments: [
            // mugs, discount, what goes back when one has been shipped
            (3, 0, 2_000), (3, 300, 1_800), (3, 2_900, 67), (3, 3_000, 0), (2, 1, 1_000),
        ] as [(Int64, Int64, Int64)])
    func `costs its share of the discount, and what was shipped costs the other`(
        mugs: Int64, discount: Int64, back: Int64
    ) async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: mugs, discount: discount)
        let total = mugs * 1_000 - discount
        if total > 0 { await shop.pay("o-1", "p1", total) }
        await shop.ship("o-1", "x1", parcel)
        #expect(await shop.cancel("o-1").refusalCode == nil)
        if total > 0 { #expect(try shop.money("o-1") == ["p1": [total, back, 0]]) }
        #expect(try shop.stock(mugStock) == [9, 0, 1])
    }

    @Test func `keeps its freight, and is given back once`() async throws {
        let shop = try await StandardShop()
        let data: JSON = [
            "shop": "s", "buyer": "ann", "pay_within": "30m", "freight_cents": 500, "discount_cents": 400,
            "lines": [shop.line("a", "mug", "north", 2, 1_000), shop.line("b", "cup", "south", 2, 1_000)],
        ]
        await shop.book.answer(
            to: OrderCommand("place", of: "o-1", data: data, workflow: "standard-order", role: "buyer"))
        await shop.pay("o-1", "p1", 4_100)
        await shop.ship("o-1", "x1", ("a", 1), ("b", 1))
        await shop.cancel("o-1")
        #expect(try shop.money("o-1") == ["p1": [4_100, 1_800, 0]])
        #expect(await shop.cancel("o-1").refusalCode == "not_possible")
        await shop.send("deliver", "o-1/parcel-x1", by: "carrier")
        shop.book.advance(by: .days(10))
        #expect(try shop.status("o-1") == "completed")
    }

    @Test func `after a refund is no more than what is left`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2)
        await shop.pay("o-1", "p1", 2_000)
        let refund: JSON = ["amount_cents": 1_500, "reason": "sorry"]
        #expect(await shop.send("refund", "o-1", refund, by: "seller").refusalCode == nil)
        await shop.ship("o-1", "x1", parcel)
        await shop.cancel("o-1")
        #expect(try shop.money("o-1") == ["p1": [2_000, 2_000, 0]])
    }
}
