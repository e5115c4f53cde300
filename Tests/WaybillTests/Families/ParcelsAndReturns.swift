import EngineFixtures
import Testing
import Waybill
import WaybillCore

@Suite struct `A parcel of a standard order` {
    private func shipped() async throws -> StandardShop {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2)
        await shop.pay("o-1", "p1", 2_000)
        await shop.ship("o-1", "x1", ("a", 2))
        return shop
    }

    @Test func `is signed for in one write with its order`() async throws {
        let shop = try await shipped()
        #expect(try shop.status("o-1/parcel-x1") == "on the way")
        let before = shop.book.engine.writeCount
        try await shop.send("deliver", "o-1/parcel-x1", by: "carrier").receipt()
        #expect(shop.book.engine.writeCount == before + 1)
        #expect(try shop.contents("o-1").lines.map(\.signed) == [2])
        #expect(try await shop.book.order("o-1/parcel-x1")?.isFinished == true)
    }

    @Test func `that is lost is told to a person, and may turn up`() async throws {
        let shop = try await shipped()
        try await shop.send("lose", "o-1/parcel-x1", ["reason": "fell off"], by: "carrier").receipt()
        #expect(try shop.sent("o-1") == ["order:needs-a-person"])
        try await shop.send("deliver", "o-1/parcel-x1", by: "carrier").receipt()
        #expect(try shop.contents("o-1").lines.map(\.signed) == [2])
    }

    @Test func `counts as lost after three weeks`() async throws {
        let shop = try await shipped()
        shop.book.advance(by: .days(21))
        #expect(try shop.status("o-1/parcel-x1") == "missing")
        #expect(try shop.sent("o-1") == ["order:needs-a-person"])
    }
}

@Suite struct `A return of a standard order` {
    private func asked() async throws -> StandardShop {
        let shop = try await StandardShop()
        await shop.place("o-1", mugs: 2)
        await shop.pay("o-1", "p1", 2_000)
        await shop.ship("o-1", "x1", ("a", 2))
        await shop.send("deliver", "o-1/parcel-x1", by: "carrier")
        let ask: JSON = ["case": "c1", "kind": "broken", "lines": [["line": "a", "qty": 1]]]
        await shop.send("ask_return", "o-1", ask, by: "buyer")
        return shop
    }

    private func receive(_ shop: StandardShop, mugs: Int64, refund: Int64) async -> Answer {
        let lines: JSON = [["line": "a", "qty": .int(mugs), "at": "north"]]
        return await shop.send(
            "receive", "o-1/case-c1", ["refund_cents": .int(refund), "lines": lines], by: "warehouse")
    }

    @Test func `brings goods back to the shelf and money to its buyer`() async throws {
        let shop = try await asked()
        try await shop.send("approve", "o-1/case-c1", by: "seller").receipt()
        try await receive(shop, mugs: 1, refund: 1_000).receipt()
        #expect(try shop.stock(mugStock) == [9, 0, 1])
        #expect(try shop.money("o-1") == ["p1": [2_000, 1_000, 0]])
        let call = try #require(try await shop.book.order("o-1")?.openCalls.first)
        try await shop.refundDone("o-1", call.key).receipt()
        #expect(try shop.money("o-1") == ["p1": [2_000, 0, 1_000]])
    }

    @Test func `is agreed to by a seller who says nothing`() async throws {
        let shop = try await asked()
        shop.book.advance(by: .days(2))
        #expect(try shop.status("o-1/case-c1") == "awaiting the goods")
    }

    @Test func `gives no more back than the order allows, and says why`() async throws {
        let shop = try await asked()
        try await shop.send("approve", "o-1/case-c1", by: "seller").receipt()
        let answer = await receive(shop, mugs: 1, refund: 2_001)
        guard case .refused(.relativeRefused("o-1", "returned", "not_possible", _, _)) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(try shop.status("o-1/case-c1") == "awaiting the goods")
        #expect(try shop.stock(mugStock) == [8, 0, 2])
        #expect(try await shop.book.refusals(of: "o-1/case-c1").map(\.code) == ["not_possible"])
    }
}
