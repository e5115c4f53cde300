import ShopModules
import Testing
import Waybill

/// Registration gives points and a coupon; later it gives a gift pack as well. Neither the workflow nor the modules
/// that were there hear of it.
@Suite struct `Registration` {
    @Test func `gains its gift pack by one more module, for old members too`() async throws {
        let shop = try await ModuleShop()
        for member in ["ann", "bob", "cy"] { try await shop.join(member) }
        try await shop.settle()
        let coupons = try Coupons.coupons(of: "ann", in: shop.book)
        #expect(coupons.count == 1)
        #expect(try shop.points("ann") == 100)

        shop.book.advance(by: .days(30))
        try await shop.book.install(GiftPack(), from: .beginning)
        try await shop.settle()
        #expect(try [GiftPack.count(in: shop.book)].map { [$0.packs, $0.announced] } == [[3, 0]])
        // What history had set off is not set off again.
        #expect(try Coupons.coupons(of: "ann", in: shop.book) == coupons)
        #expect(try shop.points("ann") == 100)

        try await shop.join("dan")
        try await shop.settle()
        #expect(try [GiftPack.count(in: shop.book)].map { [$0.packs, $0.announced] } == [[4, 1]])
        #expect(try GiftPack.isAnnounced(to: "dan", in: shop.book) == true)
        #expect(try GiftPack.isAnnounced(to: "ann", in: shop.book) == false)
        #expect(try GiftPack.isAnnounced(to: "nobody", in: shop.book) == nil)
        #expect(try shop.points("dan") == 100)
        #expect(try shop.findings(GiftPack()) == [])
    }

    @Test func `tells the warehouse of a pack once, whatever the group is made to read again`() async throws {
        let shop = try await ModuleShop(modules: [GiftPack()])
        try await shop.join("ann")
        try await shop.settle()
        #expect(try announced(shop) == 1)
        try await shop.book.messages.lookBack("gift-pack", "member", to: .oldest)
        try await shop.settle()
        #expect(try announced(shop) == 1)
        #expect(try [GiftPack.count(in: shop.book)].map { [$0.packs, $0.announced] } == [[1, 1]])
    }

    /// How many packs the warehouse has been told of.
    private func announced(_ shop: ModuleShop) throws -> Int {
        try shop.book.messages.find(in: GiftPack.topic, from: noon).count
    }

    @Test(arguments: ["DELETE FROM gift_pack", "INSERT INTO gift_pack VALUES ('nobody', 0)"])
    func `that was tampered with is found`(sql: String) async throws {
        let shop = try await ModuleShop(modules: [GiftPack()])
        try await shop.join("ann")
        try await shop.settle()
        #expect(try shop.findings(GiftPack()) == [])
        try await shop.book.writeTables { tables in try tables.execute(sql) }
        #expect(try shop.findings(GiftPack()) != [])
    }
}
