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

    @Test func `announces packs of old members once the effects of history are opened`() async throws {
        let shop = try await ModuleShop(modules: [])
        for member in ["ann", "bob"] { try await shop.join(member) }
        try await shop.book.install(GiftPack(), from: .beginning)
        try await shop.join("cy")
        try await shop.settle()
        #expect(try announced(shop) == 1)
        for (effects, packs) in [(LookBackEffects.shut, 1), (.open, 3), (.open, 3), (.shut, 3)] {
            try await shop.book.messages.lookBack("gift-pack", "member", to: .oldest, effects: effects)
            try await shop.settle()
            #expect(try announced(shop) == packs)
        }
        #expect(try [GiftPack.count(in: shop.book)].map { [$0.packs, $0.announced] } == [[3, 3]])
    }

    @Test func `opens effects from where a look-back begins, until the next one`() async throws {
        let shop = try await ModuleShop(modules: [])
        try await shop.join("ann")
        shop.book.advance(by: .hours(1))
        let later = shop.book.now
        try await shop.join("bob")
        try await shop.book.install(GiftPack(), from: .beginning)
        try await shop.settle()
        try await shop.book.messages.lookBack("gift-pack", "member", to: .oldest, effects: .open)
        try await shop.book.messages.lookBack("gift-pack", "member", to: .oldest)
        try await shop.settle()
        #expect(try announced(shop) == 0)
        try await shop.book.messages.lookBack("gift-pack", "member", to: .time(later), effects: .open)
        try await shop.settle()
        #expect(try GiftPack.isAnnounced(to: "ann", in: shop.book) == false)
        #expect(try GiftPack.isAnnounced(to: "bob", in: shop.book) == true)
        let preview = try await shop.book.messages.previewLookBack("gift-pack", "member", to: .oldest, effects: .open)
        #expect(preview.isPreview && preview.effects == .open)
    }

    /// How many packs the warehouse has been told of.
    private func announced(_ shop: ModuleShop) throws -> Int {
        try shop.book.messages.find(in: GiftPack.topic, from: noon).count
    }

    @Test(arguments: ["DELETE FROM gift_pack", "INSERT INTO gift_pack (member, announced) VALUES ('nobody', 0)"])
    func `that was tampered with is found`(sql: String) async throws {
        let shop = try await ModuleShop(modules: [GiftPack()])
        try await shop.join("ann")
        try await shop.settle()
        #expect(try shop.findings(GiftPack()) == [])
        try await shop.book.writeTables { tables in try tables.execute(sql) }
        #expect(try shop.findings(GiftPack()) != [])
    }
}
