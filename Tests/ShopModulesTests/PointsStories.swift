import ShopModules
import Testing
import Waybill

@Suite struct `Points of members` {
    @Test func `are one for every whole 100 cents that were paid`() async throws {
        let shop = try await ModuleShop()
        await shop.place("o-1", cents: 4_999)
        try await shop.settle()
        #expect(try shop.points("ann") == 0)
        await shop.pay("o-1", "p-1", 2_000)
        await shop.pay("o-1", "p-2", 2_999)
        try await shop.settle()
        #expect(try shop.points("ann") == 49)
        #expect(try shop.findings(Points()) == [])
    }

    @Test func `go when the money goes back`() async throws {
        let shop = try await ModuleShop()
        await shop.place("o-1", cents: 4_999)
        await shop.pay("o-1", "p-1", 4_999)
        try await shop.settle()
        await shop.cancel("o-1")
        await shop.refund("o-1", "r-1")
        try await shop.settle()
        #expect(try shop.points("ann") == 0)
        #expect(try shop.findings(Points()) == [])
    }

    @Test func `are not earned by paying twice, nor lost when the excess goes back`() async throws {
        let shop = try await ModuleShop()
        await shop.place("o-1", cents: 1_000)
        await shop.pay("o-1", "p-1", 1_000)
        await shop.pay("o-1", "p-2", 1_000)
        try await shop.settle()
        #expect(try shop.points("ann") == 10)
        await shop.refund("o-1", "r-1")
        try await shop.settle()
        #expect(try shop.points("ann") == 10)
        #expect(try shop.findings(Points()) == [])
    }

    @Test func `of many orders add up, and joining gives some`() async throws {
        let shop = try await ModuleShop()
        try await shop.join("ann")
        for number in 1...3 {
            let id = OrderID("o-\(number)")
            await shop.place(id, cents: 550)
            await shop.pay(id, "p", 550)
        }
        try await shop.settle()
        #expect(try Points.account(of: "ann", in: shop.book) == PointsAccount(welcome: 100, earned: 15))
        #expect(try Points.leaders(5, in: shop.book).map(\.member) == ["ann"])
        #expect(try shop.findings(Points()) == [])
    }

    @Test(
        arguments: [
            (999, PointLevel.basic), (1_000, .silver), (9_999, .silver), (10_000, .gold), (99_999, .gold),
            (100_000, .platinum), (0, .basic), (-1, .basic), (.max, .platinum),
        ] as [(Int64, PointLevel)])
    func `reach a level`(points: Int64, level: PointLevel) { #expect(PointLevel(points: points) == level) }

    @Test func `stay as they are in a look-back`() async throws {
        let shop = try await ModuleShop()
        try await shop.join("ann")
        await shop.place("o-1", cents: 4_000)
        await shop.pay("o-1", "p-1", 4_000)
        await shop.cancel("o-1")
        await shop.refund("o-1", "r-1")
        try await shop.settle()
        try await shop.book.messages.lookBack("points", "order", to: .time(noon))
        try await shop.book.messages.lookBack("points", "member", to: .oldest)
        try await shop.settle()
        #expect(try Points.account(of: "ann", in: shop.book) == PointsAccount(welcome: 100, earned: 0))
        #expect(try shop.findings(Points()) == [])
    }

    @Test(arguments: [
        "UPDATE points_member SET earned = earned + 1", "UPDATE points_order SET cents = 1100, points = 11",
        "DELETE FROM points_order", "DELETE FROM points_member",
        "INSERT INTO points_order (order_id, member, event, cents, points) VALUES ('o-9', 'ann', 1, 100, 1)",
    ])
    func `that were tampered with are found`(sql: String) async throws {
        let shop = try await ModuleShop()
        await shop.place("o-1", cents: 1_000)
        await shop.pay("o-1", "p-1", 1_000)
        try await shop.settle()
        #expect(try shop.findings(Points()) == [])
        try await shop.book.writeTables { tables in try tables.execute(sql) }
        #expect(try shop.findings(Points()) != [])
    }
}
