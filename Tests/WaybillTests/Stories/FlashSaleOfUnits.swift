import Testing
import Waybill
import WaybillCore
import WaybillTimeouts

@Suite struct `A flash sale of units` {
    private static let phone = StockKey(sku: "phone", location: "hall")

    private static func book(units: Int64, world: World = .virtual(VirtualClock(start: noon))) async throws -> OrderBook
    {
        let book = try OrderBook.inMemory(world: world)
        try await book.submit(StockCommand(.receive(units), of: phone))
        return book
    }

    private static func place(_ id: OrderID, by buyer: String, limit: Int64 = 2) -> OrderCommand {
        let data: JSON = [
            "buyer": .text(buyer), "sku": "phone", "at": "hall", "price_cents": 49_900, "limit": .int(limit),
        ]
        return OrderCommand("place", of: id, data: data, workflow: "flash-sale", role: "shop")
    }

    private static func pay(_ id: OrderID, _ payment: String, _ cents: Int64 = 49_900) -> OrderCommand {
        OrderCommand("pay", of: id, data: ["payment": .text(payment), "amount_cents": .int(cents)], role: "payments")
    }

    private static func limit(of buyer: String) -> StockKey {
        StockKey(sku: "limit:phone", location: Location(buyer))
    }

    @Test func `gives each buyer so many over all orders, and again when one expires`() async throws {
        let book = try await Self.book(units: 10)
        #expect(await book.answer(to: Self.place("o-1", by: "ann")).refusalCode == nil)
        #expect(await book.answer(to: Self.place("o-2", by: "ann")).refusalCode == nil)
        let third = await book.answer(to: Self.place("o-3", by: "ann"))
        #expect(third == .refused(.insufficientStock("limit:phone", "ann", asked: 1, free: 0, .init(.limit(2)))))
        #expect(await book.answer(to: Self.place("o-4", by: "bob")).refusalCode == nil)
        // Only the first order is paid: the second one's unit of the limit comes back after 15 minutes.
        #expect(await book.answer(to: Self.pay("o-1", "p1")).refusalCode == nil)
        book.advance(by: .minutes(15))
        #expect(try await book.order("o-2")?.status == "closed")
        #expect(await book.answer(to: Self.place("o-5", by: "ann")).refusalCode == nil)
        #expect(await book.answer(to: Self.place("o-6", by: "ann")).refusalCode == "insufficient_stock")
        let level = try #require(try await book.stock(Self.limit(of: "ann")))
        #expect((level.received, level.free, level.reserved, level.sold) == (2, 0, 1, 1))
    }

    @Test func `keeps the limits of buyers apart whose names run into each other`() async throws {
        let book = try await Self.book(units: 10)
        for (order, sku, buyer): (OrderID, String, String) in [("o-1", "phone", "a:b"), ("o-2", "phone:a", "b")] {
            try await book.submit(StockCommand(.receive(1), of: StockKey(sku: SKU(sku), location: "hall")))
            let data: JSON = [
                "buyer": .text(buyer), "sku": .text(sku), "at": "hall", "price_cents": 1, "limit": 1,
            ]
            #expect(
                await book.answer(to: OrderCommand("place", of: order, data: data, workflow: "flash-sale")).refusalCode
                    == nil)
        }
    }

    @Test func `sends money back that comes in the last moment or is the wrong amount`() async throws {
        let book = try await Self.book(units: 1)
        try await book.submit(Self.place("o-1", by: "ann"))
        try await book.submit(Self.pay("o-1", "p1", 49_899))
        #expect(try await book.history(of: "o-1")?.last?.messages == ["refunds:call", "refunds:done"])
        #expect(try await book.order("o-1")?.status == "awaiting payment")
        book.advance(by: .minutes(15))
        try await book.submit(Self.pay("o-1", "p2"))
        #expect(try await book.history(of: "o-1")?.last?.messages == ["refunds:call", "refunds:done"])
        #expect(try await book.order("o-1")?.status == "closed")
        #expect(try await book.stock(Self.phone)?.free == 1)
    }

    @Test func `is withdrawn by the shop after payment: unit, limit and money go back`() async throws {
        let book = try await Self.book(units: 1)
        try await book.submit(Self.place("o-1", by: "ann", limit: 1))
        try await book.submit(Self.pay("o-1", "p1"))
        let withdraw = OrderCommand("withdraw", of: "o-1", data: ["reason": "broken"], role: "shop")
        try await book.submit(withdraw)
        #expect(try await book.history(of: "o-1")?.last?.messages == ["order:closed", "refunds:call", "refunds:done"])
        #expect(try await book.stock(Self.phone)?.free == 1)
        #expect(try await book.stock(Self.limit(of: "ann"))?.free == 1)
        #expect(try await book.order("o-1")?.holdings == [])
    }

    @Test func `of 100 is sold to exactly 100 of 1,000 who come at once`() async throws {
        let book = try await Self.book(units: 100, world: .system)
        let accepted = await withTaskGroup(of: Bool.self) { group in
            for number in 1...1_000 {
                group.addTask {
                    let id = OrderID("o-\(number)")
                    guard case .accepted = await book.answer(to: Self.place(id, by: "buyer-\(number)")) else {
                        return false
                    }
                    return await book.answer(to: Self.pay(id, "p-\(number)")).refusalCode == nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(accepted == 100)
        let level = try #require(try await book.stock(Self.phone))
        #expect((level.free, level.reserved, level.sold) == (0, 0, 100))
        #expect(level.isBalanced)
        let paid = OrderFilter(status: "awaiting shipment", workflow: "flash-sale")
        #expect(try await book.orders(paid, limit: 1_000).elements.count == 100)
        #expect(try await book.orders(limit: 1_000).elements.count == 100)
        await book.close()
    }
}
