import ShopModules
import Testing
import Waybill

@Suite struct `A coupon` {
    private func shopWithAnn() async throws -> (shop: ModuleShop, code: String) {
        let shop = try await ModuleShop()
        try await shop.join("ann")
        try await shop.settle()
        return (shop, try #require(try Coupons.coupons(of: "ann", in: shop.book).first).code)
    }

    private func check(_ shop: ModuleShop) throws -> [String] {
        try shop.findings(Coupons(world: .virtual(VirtualClock(start: noon))))
    }

    @Test func `is issued to whoever joins, as one unit of stock`() async throws {
        let (shop, code) = try await shopWithAnn()
        #expect(try await shop.book.stock(Coupon.stock(code))?.free == 1)
        #expect(try [Coupons.count(in: shop.book)].map { [$0.issued, $0.spent] } == [[1, 0]])
        #expect(code.utf8.count == 16)
        #expect(try check(shop) == [])
    }

    @Test func `is spent by the order that reserves it, once`() async throws {
        let (shop, code) = try await shopWithAnn()
        await shop.place("o-1", coupon: code)
        let second = await shop.place("o-2", coupon: code, buyer: "bob")
        guard case .refused = second else {
            Issue.record("a coupon was spent twice")
            return
        }
        try await shop.settle()
        #expect(try Coupons.coupons(of: "ann", in: shop.book).first?.order == "o-1")
        #expect(try check(shop) == [])
    }

    @Test func `is free again when its order is closed, and belongs to the next that names it`() async throws {
        let (shop, code) = try await shopWithAnn()
        await shop.place("o-1", coupon: code)
        await shop.cancel("o-1")
        try await shop.settle()
        #expect(try Coupons.coupons(of: "ann", in: shop.book).first?.order == nil)
        #expect(try check(shop) == [])
        await shop.place("o-2", coupon: code)
        try await shop.settle()
        #expect(try Coupons.coupons(of: "ann", in: shop.book).first?.order == "o-2")
        #expect(try check(shop) == [])
    }

    @Test func `is the order's again when an expired order is paid late`() async throws {
        let (shop, code) = try await shopWithAnn()
        await shop.place("o-1", coupon: code)
        shop.book.advance(by: .hours(1))
        try await shop.settle()
        #expect(try Coupons.coupons(of: "ann", in: shop.book).first?.order == nil)
        await shop.pay("o-1", "p-1", 2_000)
        try await shop.settle()
        #expect(try await shop.book.order("o-1")?.status == "awaiting shipment")
        #expect(try Coupons.coupons(of: "ann", in: shop.book).first?.order == "o-1")
        #expect(try check(shop) == [])
    }

    @Test func `of a campaign comes once to each, however often it is announced`() async throws {
        let (shop, _) = try await shopWithAnn()
        let members = ["ann", "bob"] + (0..<150).map { "m\($0)" }
        for _ in 1...2 {
            for message in Coupons.campaign("spring", cents: 300, to: members) {
                try await shop.book.messages.send(message)
            }
        }
        try await shop.settle()
        #expect(try Coupons.coupons(of: "ann", in: shop.book).map(\.campaign) == ["spring", "welcome"])
        #expect(try [Coupons.count(in: shop.book)].map { [$0.issued, $0.spent] } == [[153, 0]])
        #expect(try check(shop) == [])
    }

    @Test(arguments: [
        "UPDATE coupon SET state = 'spent', order_id = 'o-1'", "DELETE FROM coupon",
        "UPDATE coupon SET code = 'GUESSED'",
    ])
    func `that was tampered with is found`(sql: String) async throws {
        let (shop, _) = try await shopWithAnn()
        #expect(try check(shop) == [])
        try await shop.book.writeTables { tables in try tables.execute(sql) }
        #expect(try check(shop) != [])
    }
}
