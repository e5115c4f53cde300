import Testing
import Waybill
import WaybillCore

@Suite struct `A parcel that is lost` {
    /// Three mugs and a cup, paid 60.00 by two payments; one mug is delivered, two mugs and the cup are in parcel x2.
    private func twoParcels() async throws -> StandardShop {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 3, cups: 1)
        await shop.pay("o-1", "p1", 2_000)
        await shop.pay("o-1", "p2", 4_000)
        await shop.ship("o-1", "x1", ("a", 1))
        await shop.ship("o-1", "x2", ("a", 2), ("b", 1))
        try await shop.send("deliver", "o-1/parcel-x1", by: "carrier").receipt()
        return shop
    }

    private func lost() async throws -> StandardShop {
        let shop = try await twoParcels()
        try await shop.send("lose", "o-1/parcel-x2", ["reason": "fell off"], by: "carrier").receipt()
        #expect(try shop.sent("o-1") == ["order:needs-a-person"])
        return shop
    }

    private func writeOff(_ shop: StandardShop, _ parcel: String) async -> Answer {
        await shop.send("write_off", "o-1", ["parcel": .text(parcel), "reason": "lost"], by: "seller")
    }

    /// What is on its way back or has gone back.
    private func back(_ shop: StandardShop) throws -> Int64 {
        try shop.money("o-1").values.reduce(0) { $0 + $1[1] + $1[2] }
    }

    @Test func `keeps its order from being completed`() async throws {
        let shop = try await twoParcels()
        shop.book.advance(by: .days(20))
        #expect(try shop.status("o-1") == "awaiting receipt")
        #expect(try shop.status("o-1/parcel-x2") == "on the way")
        shop.book.advance(by: .days(1))
        #expect(try shop.status("o-1/parcel-x2") == "missing")
        #expect(try shop.status("o-1") == "awaiting receipt")
    }

    @Test func `is written off: its price goes back, and what arrived completes the order`() async throws {
        let shop = try await lost()
        try await writeOff(shop, "x2").receipt()
        #expect(try back(shop) == 5_000)
        #expect(try shop.status("o-1/parcel-x2") == "lost")
        #expect(try await shop.book.order("o-1/parcel-x2")?.isFinished == true)
        #expect(try shop.stock(mugStock) == [7, 0, 1])
        #expect(try shop.stock(cupStock) == [9, 0, 0])
        for call in try #require(try await shop.book.order("o-1")).openCalls {
            try await shop.refundDone("o-1", call.key).receipt()
        }
        shop.book.advance(by: .days(10))
        #expect(try shop.status("o-1") == "completed")
        #expect(await writeOff(shop, "x2").refusalCode == "not_possible")
        #expect(try back(shop) == 5_000)
    }

    @Test func `is written off by itself when no person has decided for two weeks`() async throws {
        let shop = try await lost()
        shop.book.advance(by: Interval(milliseconds: 14 * 86_400_000 - 1))
        #expect(try back(shop) == 0)
        shop.book.advance(by: Interval(milliseconds: 1))
        #expect(try back(shop) == 5_000)
        #expect(try shop.status("o-1/parcel-x2") == "lost")
    }

    @Test func `was all of the order: its freight goes back too, and it is closed`() async throws {
        let shop = try await StandardShop()
        let data: JSON = [
            "shop": "s", "buyer": "ann", "pay_within": "30m", "freight_cents": 500, "discount_cents": 300,
            "lines": [shop.line("a", "mug", "north", 3, 1_000)],
        ]
        await shop.book.answer(
            to: OrderCommand("place", of: "o-1", data: data, workflow: "standard-order", role: "buyer"))
        await shop.pay("o-1", "p1", 3_200)
        await shop.ship("o-1", "x1", ("a", 3))
        shop.book.advance(by: .days(35))
        #expect(try shop.status("o-1") == "closed")
        #expect(try back(shop) == 3_200)
        #expect(try shop.stock(mugStock) == [7, 0, 0])
        #expect(try await shop.book.order("o-1")?.timeouts == [])
    }

    @Test func `was all of the order: its coupon may be spent elsewhere`() async throws {
        let shop = try await StandardShop(coupons: ["coupon:ten"])
        await shop.place("o-1", mugs: 1, coupon: "ten", discount: 100)
        await shop.pay("o-1", "p1", 900)
        await shop.ship("o-1", "x1", ("a", 1))
        shop.book.advance(by: .days(35))
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.stock(StockKey(sku: "coupon:ten")) == [1, 0, 0])
        #expect(try await shop.book.order("o-1")?.holdings == [])
    }

    @Test func `is sent again from what is in stock`() async throws {
        let shop = try await lost()
        try await shop.send("send_again", "o-1", ["parcel": "x2"], by: "warehouse").receipt()
        #expect(try shop.status("o-1") == "partly shipped")
        #expect(try shop.status("o-1/parcel-x2") == "lost")
        #expect(try shop.stock(mugStock) == [5, 0, 3], "two are gone, two are to be sent")
        #expect(try shop.stock(cupStock) == [8, 0, 1])
        #expect(await shop.ship("o-1", "x3", ("a", 2), ("b", 1)).refusalCode == nil)
        try await shop.send("deliver", "o-1/parcel-x3", by: "carrier").receipt()
        shop.book.advance(by: .days(10))
        #expect(try shop.status("o-1") == "completed")
        #expect(try back(shop) == 0)
        #expect(try shop.contents("o-1").lines.map(\.signed) == [3, 1])
    }

    @Test func `is not sent again when there is too little, and can be written off`() async throws {
        let shop = try await StandardShop(mugs: 1)
        await shop.place("o-1", mugs: 1)
        await shop.pay("o-1", "p1", 1_000)
        await shop.ship("o-1", "x1", ("a", 1))
        await shop.send("lose", "o-1/parcel-x1", ["reason": "?"], by: "carrier")
        let answer = await shop.send("send_again", "o-1", ["parcel": "x1"], by: "seller")
        #expect(answer.refusalCode == "insufficient_stock")
        try await writeOff(shop, "x1").receipt()
        #expect(try shop.money("o-1") == ["p1": [1_000, 1_000, 0]])
    }

    @Test func `and is to be sent again may be called off instead`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        await shop.pay("o-1", "p1", 1_000)
        await shop.ship("o-1", "x1", ("a", 1))
        await shop.send("lose", "o-1/parcel-x1", ["reason": "?"], by: "carrier")
        await shop.send("send_again", "o-1", ["parcel": "x1"], by: "seller")
        #expect(try shop.status("o-1") == "awaiting shipment")
        #expect(await shop.cancel("o-1").refusalCode == nil)
        #expect(try shop.money("o-1") == ["p1": [1_000, 1_000, 0]])
        #expect(try shop.stock(mugStock) == [9, 0, 0], "one is lost")
    }

    @Test func `is neither written off nor sent again while it is on its way or when it has arrived`() async throws {
        let shop = try await twoParcels()
        for parcel in ["x1", "x2", "x9"] {
            #expect(await writeOff(shop, parcel).refusalCode == "not_possible")
            let again = await shop.send("send_again", "o-1", ["parcel": .text(parcel)], by: "seller")
            #expect(again.refusalCode == "not_possible")
        }
    }

    @Test func `and turns up counts as arrived`() async throws {
        let shop = try await lost()
        try await shop.send("deliver", "o-1/parcel-x2", by: "carrier").receipt()
        shop.book.advance(by: .days(14))
        #expect(try back(shop) == 0)
        #expect(try shop.status("o-1") == "completed")
    }

    @Test func `has arrived when the buyer says so`() async throws {
        let shop = try await lost()
        try await shop.send("confirm_receipt", "o-1", by: "buyer").receipt()
        #expect(try shop.status("o-1") == "completed")
        #expect(try shop.status("o-1/parcel-x2") == "delivered")
        #expect(try shop.contents("o-1").lines.map(\.signed) == [3, 1])
    }
}
