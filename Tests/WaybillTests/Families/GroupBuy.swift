import Testing
import Waybill
import WaybillCore
import WaybillEngine

/// A group of so many of ten buyers, for a mug of 9.00 each, in virtual time.
private struct Group {
    let book: OrderBook

    init(needed: Int64, places: Int64 = 10, mugs: Int64 = 20) async throws {
        book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: noon)))
        try await book.submit(StockCommand(.receive(mugs), of: mugStock))
        let data: JSON = [
            "shop": "s", "sku": "mug", "at": "north", "price_cents": 900, "needed": .int(needed),
            "places": .int(places), "within": "24h",
        ]
        try await book.submit(OrderCommand("open", of: "g-1", data: data, workflow: "group-buy"))
    }

    @discardableResult
    func join(_ number: Int) async -> Answer {
        let data: JSON = ["member": .text("m\(number)"), "buyer": .text("buyer-\(number)")]
        return await book.answer(to: OrderCommand("join", of: "g-1", data: data, role: "buyer"))
    }

    @discardableResult
    func pay(_ number: Int, _ payment: String = "p1", _ cents: Int64 = 900) async -> Answer {
        let data: JSON = ["payment": .text(payment), "channel": "card", "amount_cents": .int(cents)]
        return await book.answer(to: OrderCommand("pay", of: member(number), data: data, role: "payments"))
    }

    func member(_ number: Int) -> OrderID { OrderID("g-1/m\(number)") }
    func status(_ id: OrderID) throws -> Text { try #require(try book.order(id)).status }
    func statuses(_ numbers: ClosedRange<Int>) throws -> Set<Text> { Set(try numbers.map { try status(member($0)) }) }

    /// `free, reserved, sold`
    func mugs() throws -> [Int64] {
        let level = try #require(try book.stock(mugStock))
        return [level.free, level.reserved, level.sold]
    }

    /// Open refunds of a member, in cents.
    func refunds(_ number: Int) throws -> [String] {
        try #require(try book.order(member(number))).openCalls.map { String(decoding: $0.data, as: UTF8.self) }
    }
}

@Suite struct `A group that buys` {
    @Test func `comes about when enough have paid, for all of them in one write`() async throws {
        let group = try await Group(needed: 3)
        for number in 1...4 { try await group.join(number).receipt() }
        for number in 1...2 { try await group.pay(number).receipt() }
        #expect(try group.statuses(1...2) == ["awaiting the group"])
        let before = group.book.engine.writeCount
        try await group.pay(3).receipt()
        #expect(group.book.engine.writeCount == before + 1)
        #expect(try group.statuses(1...3) == ["awaiting shipment"])
        #expect(try group.status("g-1") == "formed")
        #expect(try group.mugs() == [16, 1, 3])
        // Who comes later is in as soon as he pays.
        try await group.pay(4).receipt()
        #expect(try group.status(group.member(4)) == "awaiting shipment")
    }

    @Test func `gives everybody the money back when time is over`() async throws {
        let group = try await Group(needed: 3)
        for number in 1...2 {
            try await group.join(number).receipt()
            try await group.pay(number).receipt()
        }
        group.book.advance(by: .hours(24))
        #expect(try group.status("g-1") == "failed")
        #expect(try group.statuses(1...2) == ["closed"])
        #expect(try group.refunds(1) == [#"{"payment":"p1","amount_cents":900}"#])
        #expect(try group.refunds(2) == [#"{"payment":"p1","amount_cents":900}"#])
        #expect(try group.mugs() == [20, 0, 0])
        let done = OrderCommand("refund_done", of: group.member(1), role: "payments", key: "g-1/m1#1")
        try await group.book.submit(done)
        #expect(try await group.book.calls(of: group.member(1))?.map(\.state) == ["ok"])
    }

    @Test func `keeps no place for a buyer who does not pay`() async throws {
        let group = try await Group(needed: 2, places: 2)
        for number in 1...2 { try await group.join(number).receipt() }
        #expect(await group.join(3).refusalCode == "not_possible")
        group.book.advance(by: .minutes(15))
        #expect(try group.statuses(1...2) == ["closed"])
        try await group.join(3).receipt()
        #expect(try group.mugs() == [19, 1, 0])
    }

    @Test func `sends late and double money back`() async throws {
        let group = try await Group(needed: 2)
        try await group.join(1).receipt()
        try await group.pay(1).receipt()
        try await group.pay(1, "p2").receipt()
        #expect(try group.refunds(1) == [#"{"payment":"p2","amount_cents":900}"#])
        try await group.join(2).receipt()
        group.book.advance(by: .minutes(15))
        try await group.pay(2).receipt()
        #expect(try group.refunds(2) == [#"{"payment":"p1","amount_cents":900}"#])
        #expect(try group.status("g-1") == "gathering")
    }

    @Test func `takes no buyer for whom there is no unit`() async throws {
        let group = try await Group(needed: 2, mugs: 1)
        try await group.join(1).receipt()
        #expect(await group.join(2).refusalCode == "insufficient_stock")
        #expect(try await group.book.order("g-1")?.children.count == 1)
    }

    @Test func `of two hundred fails in one write`() async throws {
        let group = try await Group(needed: 200, places: 200, mugs: 200)
        for number in 1...200 {
            try await group.join(number).receipt()
            if number < 200 { try await group.pay(number).receipt() }
        }
        #expect(try group.mugs() == [0, 200, 0])
        group.book.advance(by: .minutes(16))
        #expect(try group.mugs() == [1, 199, 0])
        let before = group.book.engine.writeCount
        group.book.advance(by: .hours(24))
        #expect(group.book.engine.writeCount == before + 1)
        #expect(try group.mugs() == [200, 0, 0])
        #expect(try group.statuses(1...199) == ["closed"])
    }
}
