import Testing
import Waybill

@Suite struct `A coupon` {
    private let ten = StockKey(sku: "coupon:ten")

    @Test func `is spent by one order only`() async throws {
        let shop = try await StandardShop(coupons: ["coupon:ten"])
        #expect(await shop.place("o-1", coupon: "ten", discount: 100).refusalCode == nil)
        let second = await shop.place("o-2", coupon: "ten", discount: 100)
        #expect(second == .refused(.insufficientStock("coupon:ten", "", asked: 1, free: 0)))
        // The mugs of the refused order were never taken.
        #expect(try shop.stock(mugStock) == [9, 1, 0])
        await shop.pay("o-1", "p1", 900)
        #expect(try shop.stock(ten) == [0, 0, 1])
    }

    @Test func `that was never given out buys nothing`() async throws {
        let shop = try await StandardShop()
        let answer = await shop.place("o-1", coupon: "forged", discount: 1_000)
        #expect(answer == .refused(.insufficientStock("coupon:forged", "", asked: 1, free: 0, .init(.unknown))))
    }

    @Test func `comes back when the order expires, and another order may spend it`() async throws {
        let shop = try await StandardShop(coupons: ["coupon:ten"])
        await shop.place("o-1", coupon: "ten", discount: 100)
        shop.book.advance(by: .minutes(30))
        #expect(try shop.stock(ten) == [1, 0, 0])
        #expect(await shop.place("o-2", coupon: "ten", discount: 100).refusalCode == nil)
        await shop.pay("o-1", "p1", 900)
        #expect(try shop.status("o-1") == "closed")
        #expect(try shop.money("o-1") == ["p1": [900, 900, 0]])
        #expect(try shop.stock(ten) == [0, 1, 0])
    }

    @Test func `comes back when a paid order is cancelled`() async throws {
        let shop = try await StandardShop(coupons: ["coupon:ten"])
        await shop.place("o-1", coupon: "ten", discount: 100)
        await shop.pay("o-1", "p1", 900)
        await shop.cancel("o-1")
        #expect(try shop.stock(ten) == [1, 0, 0])
    }
}
