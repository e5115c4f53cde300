import Testing
import Waybill
import WaybillCore

@Suite struct `A coupon of an expired order` {
    private let ten = StockKey(sku: "coupon:ten")

    /// Two mugs for 10.00 each, 1.00 off by a coupon; the half hour to pay has passed.
    private func expired() async throws -> StandardShop {
        let shop = try await StandardShop(coupons: ["coupon:ten"])
        await shop.place("o-1", mugs: 2, coupon: "ten", discount: 100)
        shop.book.advance(by: .minutes(30))
        #expect(try shop.stock(ten) == [1, 0, 0])
        return shop
    }

    @Test func `is taken again by a late payment`() async throws {
        let shop = try await expired()
        await shop.pay("o-1", "p1", 1_900)
        #expect(try shop.status("o-1") == "awaiting shipment")
        #expect(try shop.stock(ten) == [0, 0, 1])
        #expect(try shop.money("o-1") == ["p1": [1_900, 0, 0]])
    }

    @Test func `pays for no second order`() async throws {
        let shop = try await expired()
        #expect(await shop.place("o-2", mugs: 2, coupon: "ten", discount: 100).refusalCode == nil)
        await shop.pay("o-2", "q1", 1_900)
        await shop.pay("o-1", "p1", 1_900)
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.money("o-1") == ["p1": [1_900, 1_900, 0]])
        #expect(try shop.stock(mugStock) == [8, 0, 2])
        #expect(try await shop.book.order("o-1")?.holdings == [])
    }

    @Test func `that is spent does not hinder who pays the full price`() async throws {
        let shop = try await expired()
        #expect(await shop.place("o-2", mugs: 1, coupon: "ten", discount: 100).refusalCode == nil)
        await shop.pay("o-1", "p1", 1_999)
        #expect(try shop.status("o-1") == "closed")
        await shop.pay("o-1", "p2", 2_000)
        #expect(try shop.status("o-1") == "awaiting shipment")
        #expect(try shop.contents("o-1").coupon == nil)
        #expect(try shop.money("o-1")["p2"] == [2_000, 0, 0], "there is no discount any more")
        #expect(try shop.stock(ten) == [0, 1, 0])
    }

    @Test func `goes back once more when the revived order is called off`() async throws {
        let shop = try await expired()
        await shop.pay("o-1", "p1", 1_900)
        await shop.cancel("o-1")
        #expect(try shop.stock(ten) == [1, 0, 0])
        #expect(try shop.stock(mugStock) == [10, 0, 0])
    }
}

@Suite struct `The grace of an expired order` {
    private func place(_ shop: StandardShop, grace: JSON) async {
        let data: JSON = [
            "shop": "s", "buyer": "ann", "pay_within": "30m", "grace": grace, "freight_cents": 0, "discount_cents": 0,
            "lines": [shop.line("a", "mug", "north", 1, 1_000)],
        ]
        await shop.book.answer(
            to: OrderCommand("place", of: "o-1", data: data, workflow: "standard-order", role: "buyer"))
    }

    @Test(arguments: [("2h", 120), ("0s", 0), (nil, 3 * 24 * 60)] as [(String?, Int64)])
    func `ends when the shop says so, and then money goes back`(grace: String?, minutes: Int64) async throws {
        for (late, status): (Int64, Text) in [(-1, "awaiting shipment"), (0, "closed")] {
            let time = Interval(milliseconds: (30 + minutes) * 60_000 + late)
            guard time.milliseconds >= 30 * 60_000 else { continue }
            let shop = try await StandardShop()
            await place(shop, grace: grace.map { .text($0) } ?? .null)
            shop.book.advance(by: time)
            await shop.pay("o-1", "p1", 1_000)
            #expect(try shop.status("o-1") == status)
            #expect(try shop.money("o-1") == ["p1": [1_000, status == "closed" ? 1_000 : 0, 0]])
        }
    }

    @Test func `does not begin anew with a payment that found no stock`() async throws {
        let shop = try await StandardShop(mugs: 1)
        await place(shop, grace: "1h")
        shop.book.advance(by: .minutes(30))
        await shop.place("o-2", mugs: 1)
        shop.book.advance(by: .minutes(29))
        await shop.pay("o-1", "p1", 1_000)
        await shop.cancel("o-2")
        shop.book.advance(by: .minutes(31))
        await shop.pay("o-1", "p2", 1_000)
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.stock(mugStock) == [1, 0, 0])
    }

    @Test func `and the time to pay have bounds`() async throws {
        let shop = try await StandardShop()
        await place(shop, grace: "91d")
        #expect(try await shop.book.order("o-1") == nil)
        for time: JSON in ["0s", "91d", -1, .int(.max)] {
            let data: JSON = [
                "shop": "s", "buyer": "ann", "pay_within": time, "freight_cents": 0, "discount_cents": 0,
                "lines": [shop.line("a", "mug", "north", 1, 1_000)],
            ]
            let answer = await shop.book.answer(
                to: OrderCommand("place", of: "o-2", data: data, workflow: "standard-order", role: "buyer"))
            #expect(answer.refusalCode == "invariant_broken", "\(time)")
        }
        #expect(try shop.stock(mugStock) == [10, 0, 0])
    }

    @Test func `ends when the order is called off`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        await shop.pay("o-1", "p1", 400)
        shop.book.advance(by: .minutes(30))
        #expect(await shop.cancel("o-1").refusalCode == nil)
        await shop.pay("o-1", "p2", 1_000)
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.money("o-1") == ["p1": [400, 400, 0], "p2": [1_000, 1_000, 0]])
        #expect(await shop.cancel("o-1").refusalCode == "not_possible")
    }
}
