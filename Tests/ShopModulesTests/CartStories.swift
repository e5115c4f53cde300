import ShopModules
import Testing
import Waybill

@Suite struct `A cart` {
    @Test func `loses what was ordered, and no more`() async throws {
        let shop = try await ModuleShop()
        try await shop.fill(3, of: "ann")
        try await shop.settle()
        await shop.place("o-1", mugs: 2)
        await shop.place("o-2", mugs: 5, buyer: "bob")
        try await shop.settle()
        #expect(try shop.cart("ann") == 1)
        #expect(try shop.cart("bob") == 0)
        await shop.place("o-3", mugs: 4)
        try await shop.settle()
        #expect(try shop.cart("ann") == 0)
        #expect(try shop.findings(Cart()) == [])
    }

    @Test func `gets back what the order took when it is cancelled or never paid`() async throws {
        let shop = try await ModuleShop()
        try await shop.fill(3, of: "ann")
        try await shop.settle()
        await shop.place("o-1", mugs: 5)
        await shop.place("o-2", mugs: 1)
        try await shop.settle()
        #expect(try shop.cart("ann") == 0)
        await shop.cancel("o-1")
        try await shop.settle()
        // The order asked for five and found three.
        #expect(try shop.cart("ann") == 3)
        shop.book.advance(by: .hours(1))
        try await shop.settle()
        #expect(try shop.cart("ann") == 3)
        #expect(try shop.findings(Cart()) == [])
    }

    @Test func `is emptied again when the money of an expired order comes late`() async throws {
        let shop = try await ModuleShop()
        try await shop.fill(2, of: "ann")
        try await shop.settle()
        await shop.place("o-1", mugs: 2)
        shop.book.advance(by: .hours(1))
        try await shop.settle()
        #expect(try shop.cart("ann") == 2)
        await shop.pay("o-1", "p-1", 2_000)
        try await shop.settle()
        #expect(try shop.cart("ann") == 0)
        #expect(try await shop.book.order("o-1")?.status == "awaiting shipment")
        #expect(try shop.findings(Cart()) == [])
    }

    @Test func `gives no more than it holds`() async throws {
        let shop = try await ModuleShop()
        try await shop.fill(2, of: "ann")
        try await shop.book.messages.send(
            Cart.remove(Goods(sku: "mug", location: "north", quantity: 9), of: "ann"))
        try await shop.settle()
        #expect(try shop.cart("ann") == 0)
        try await shop.fill(1, of: "ann")
        try await shop.settle()
        #expect(try shop.cart("ann") == 1)
    }

    @Test func `is not filled twice by a look-back`() async throws {
        let shop = try await ModuleShop()
        try await shop.fill(3, of: "ann")
        try await shop.settle()
        await shop.place("o-1", mugs: 1)
        try await shop.settle()
        #expect(try shop.cart("ann") == 2)
        try await shop.book.messages.lookBack("cart", Cart.topic, to: .oldest)
        try await shop.book.messages.lookBack("cart", "order", to: .oldest)
        try await shop.settle()
        #expect(try shop.cart("ann") == 2)
        #expect(try shop.findings(Cart()) == [])
    }

    @Test(arguments: [
        "UPDATE cart_order SET state = 'restored'", "DELETE FROM cart_order", "UPDATE cart_order SET buyer = 'bob'",
        "UPDATE cart_line SET ordered = 0", "UPDATE cart_taken SET quantity = 1",
    ])
    func `that was tampered with is found`(sql: String) async throws {
        let shop = try await ModuleShop()
        try await shop.fill(3, of: "ann")
        try await shop.settle()
        await shop.place("o-1", mugs: 2)
        try await shop.settle()
        #expect(try shop.findings(Cart()) == [])
        try await shop.book.writeTables { tables in try tables.execute(sql) }
        #expect(try shop.findings(Cart()) != [])
    }
}
