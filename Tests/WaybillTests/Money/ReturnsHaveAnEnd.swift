import Testing
import Waybill
import WaybillCore

@Suite struct `The units of a return` {
    /// Three mugs, paid and delivered.
    private func delivered() async throws -> StandardShop {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 3)
        await shop.pay("o-1", "p1", 3_000)
        await shop.ship("o-1", "x1", ("a", 3))
        try await shop.send("deliver", "o-1/parcel-x1", by: "carrier").receipt()
        return shop
    }

    private func ask(_ shop: StandardShop, _ name: String, _ lines: (String, Int64)...) async -> Answer {
        let lines: [JSON] = lines.map { ["line": .text($0.0), "qty": .int($0.1)] }
        return await shop.send(
            "ask_return", "o-1", ["case": .text(name), "kind": "broken", "lines": .array(lines)], by: "buyer")
    }

    private func receive(_ shop: StandardShop, _ name: String, mugs: Int64, at place: String = "north") async -> Answer
    {
        await shop.send(
            "receive", "o-1/case-\(name)".asOrder,
            ["refund_cents": .int(mugs * 1_000), "lines": [["line": "a", "qty": .int(mugs), "at": .text(place)]]],
            by: "warehouse")
    }

    @Test func `are in one return at most`() async throws {
        let shop = try await delivered()
        try await ask(shop, "c1", ("a", 2)).receipt()
        #expect(await ask(shop, "c2", ("a", 2)).refusalCode == "not_possible")
        try await ask(shop, "c3", ("a", 1)).receipt()
        #expect(await ask(shop, "c4", ("a", 1)).refusalCode == "not_possible")
        // The seller says no: these may be asked for again.
        try await shop.send("reject", "o-1/case-c1", ["reason": "used"], by: "seller").receipt()
        try await ask(shop, "c5", ("a", 2)).receipt()
        #expect(await ask(shop, "c6", ("a", 1)).refusalCode == "not_possible")
    }

    @Test func `are counted, each line once`() async throws {
        let shop = try await delivered()
        #expect(await ask(shop, "c1").refusalCode == "not_possible")
        #expect(await ask(shop, "c1", ("a", 0)).refusalCode == "not_possible")
        #expect(await ask(shop, "c1", ("a", 1), ("a", 1)).refusalCode == "not_possible")
        #expect(await ask(shop, "c1", ("z", 1)).refusalCode == "not_possible")
        #expect(try await shop.book.order("o-1")?.children.count == 1)
    }

    @Test func `are free again when the goods do not come`() async throws {
        let shop = try await delivered()
        try await ask(shop, "c1", ("a", 3)).receipt()
        try await shop.send("approve", "o-1/case-c1", by: "seller").receipt()
        try await shop.send("send_back", "o-1/case-c1", ["carrier": "post", "parcel": "b1"], by: "buyer").receipt()
        shop.book.advance(by: .days(30))
        #expect(try shop.status("o-1/case-c1") == "closed")
        #expect(try await shop.book.order("o-1/case-c1")?.isFinished == true)
        #expect(try shop.money("o-1") == ["p1": [3_000, 0, 0]])
        try await ask(shop, "c2", ("a", 3)).receipt()
    }

    @Test func `are free again when the seller ends a return that is on its way`() async throws {
        let shop = try await delivered()
        try await ask(shop, "c1", ("a", 3)).receipt()
        try await shop.send("approve", "o-1/case-c1", by: "seller").receipt()
        try await shop.send("send_back", "o-1/case-c1", ["carrier": "post", "parcel": "b1"], by: "buyer").receipt()
        try await shop.send("reject", "o-1/case-c1", ["reason": "an empty box"], by: "seller").receipt()
        try await ask(shop, "c2", ("a", 1)).receipt()
    }

    @Test func `may be fewer than was said: the others are free again`() async throws {
        let shop = try await delivered()
        try await ask(shop, "c1", ("a", 3)).receipt()
        try await shop.send("approve", "o-1/case-c1", by: "seller").receipt()
        try await receive(shop, "c1", mugs: 1).receipt()
        #expect(try shop.money("o-1") == ["p1": [3_000, 1_000, 0]])
        #expect(await ask(shop, "c2", ("a", 3)).refusalCode == "not_possible")
        try await ask(shop, "c2", ("a", 2)).receipt()
    }

    @Test func `come back to the place where they are put, also one that never had any`() async throws {
        let shop = try await delivered()
        let south = StockKey(sku: "mug", location: "south")
        try await ask(shop, "c1", ("a", 2)).receipt()
        try await shop.send("approve", "o-1/case-c1", by: "seller").receipt()
        try await receive(shop, "c1", mugs: 2, at: "south").receipt()
        #expect(try shop.stock(mugStock) == [7, 0, 1])
        #expect(try shop.stock(south) == [2, 0, 0])
        try await ask(shop, "c2", ("a", 1)).receipt()
        try await shop.send("approve", "o-1/case-c2", by: "seller").receipt()
        try await receive(shop, "c2", mugs: 1, at: "south").receipt()
        #expect(try shop.stock(mugStock) == [7, 0, 0])
        #expect(try shop.stock(south) == [3, 0, 0])
        #expect(try await shop.book.order("o-1")?.holdings == [])
        // They can be sold from there.
        let line = shop.line("a", "mug", "south", 3, 1_000)
        #expect(await shop.place("o-2", lines: [line]).refusalCode == nil)
    }

    @Test func `have a return with the number of a parcel`() async throws {
        let shop = try await delivered()
        try await ask(shop, "x1", ("a", 1)).receipt()
        #expect(try await shop.book.order("o-1")?.children == ["o-1/parcel-x1", "o-1/case-x1"])
    }
}

extension String {
    fileprivate var asOrder: OrderID { OrderID(self) }
}

@Suite struct `The receipt of an order` {
    @Test func `is put off three times, a month each at most`() async throws {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 1)
        await shop.pay("o-1", "p1", 1_000)
        await shop.ship("o-1", "x1", ("a", 1))
        #expect(await shop.send("extend_receipt", "o-1", ["by": "1d"], by: "buyer").refusalCode == "not_possible")
        await shop.send("deliver", "o-1/parcel-x1", by: "carrier")
        for time: JSON in ["31d", "0s", -1, .int(.max)] {
            #expect(await shop.send("extend_receipt", "o-1", ["by": time], by: "buyer").refusalCode == "not_possible")
        }
        for _ in 1...3 { try await shop.send("extend_receipt", "o-1", ["by": "30d"], by: "buyer").receipt() }
        #expect(await shop.send("extend_receipt", "o-1", ["by": "1d"], by: "buyer").refusalCode == "not_possible")
        shop.book.advance(by: .days(100))
        #expect(try shop.status("o-1") == "completed")
    }
}
