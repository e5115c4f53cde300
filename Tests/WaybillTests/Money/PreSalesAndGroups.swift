import EngineFixtures
import Testing
import Waybill
import WaybillCore

@Suite struct `The deposit of a pre-sale` {
    private func day(_ number: Int64, _ more: Interval = .seconds(0)) -> JSON {
        .int(noon.advanced(by: .days(number)).advanced(by: more).milliseconds)
    }

    /// Paid; the window is open from day 10 to day 12.
    private func paid(balance: Int64 = 1_000, in book: OrderBook? = nil) async throws -> SalesDesk {
        let desk = try await SalesDesk(.preSale, balance: balance, in: book)
        try await desk.pay("deposit").receipt()
        return desk
    }

    @Test func `is not lost by a window that is postponed to the past or made shorter`() async throws {
        let desk = try await paid()
        desk.book.advance(by: .days(1))
        for (opens, closes) in [(0, 1), (1, 2), (9, 12), (20, 21), (10, 11), (2, 30)] as [(Int64, Int64)] {
            let answer = await desk.send("postpone", ["opens_at": day(opens), "closes_at": day(closes)], by: "seller")
            #expect(answer.code == "not_possible", "\(opens) to \(closes)")
        }
        #expect(try desk.status == "deposit paid")
        try await desk.send("postpone", ["opens_at": day(20), "closes_at": day(22)], by: "seller").receipt()
        desk.book.advance(to: noon.advanced(by: .days(20)))
        #expect(try desk.status == "awaiting balance")
    }

    @Test func `buys when there is nothing more to pay`() async throws {
        let desk = try await paid(balance: 0)
        desk.book.advance(by: .days(10))
        #expect(try desk.status == "awaiting shipment")
        #expect(try desk.mugs == [9, 0, 1])
        desk.book.advance(by: .days(10))
        #expect(try desk.status == "awaiting shipment")
    }

    @Test func `within the window opens it at once, and it closes when it was to`() async throws {
        let desk = try await SalesDesk(.preSale)
        try await desk.send("cancel", by: "buyer").receipt()
        desk.book.advance(by: .days(11))
        let late: JSON = [
            "buyer": "bob", "sku": "mug", "at": "north", "qty": 1, "deposit_cents": 900, "balance_cents": 100,
            "opens_at": day(10), "closes_at": day(12),
        ]
        try await desk.send("place", late, by: "buyer", of: "o-2", workflow: "pre-sale").receipt()
        try await desk.pay("deposit", of: "o-2").receipt()
        #expect(try await desk.book.order("o-2")?.status == "awaiting balance")
        desk.book.advance(to: noon.advanced(by: .days(12)))
        #expect(try await desk.book.order("o-2")?.status == "closed, deposit kept")
    }

    @Test(arguments: [(3, 13), (11, 13), (3, 12)] as [(Int64, Int64)])
    func `outlives a shop that is not there when the window closes`(from: Int64, to: Int64) async throws {
        let file = try ShopFile()
        let clock = VirtualClock(start: noon)
        let desk = try await paid(in: try .open(file.path, world: .virtual(clock)))
        desk.book.advance(by: .days(from))
        await desk.book.close()
        clock.move(to: noon.advanced(by: .days(to)).advanced(by: .hours(1)))
        let book = try OrderBook.open(file.path, world: .virtual(clock))
        book.advance(by: .seconds(0))
        #expect(try await book.order("o-1")?.status == "awaiting balance")
        let pay: JSON = ["payment": "balance", "amount_cents": 1_000]
        book.advance(by: .hours(23))
        try await book.submit(OrderCommand("pay", of: "o-1", data: pay, role: "payments"))
        #expect(try await book.order("o-1")?.status == "awaiting shipment")
        await book.close()
    }

    @Test func `is kept in the end when the balance does not come after such a stop`() async throws {
        let file = try ShopFile()
        let clock = VirtualClock(start: noon)
        let desk = try await paid(in: try .open(file.path, world: .virtual(clock)))
        await desk.book.close()
        clock.move(to: noon.advanced(by: .days(30)))
        let book = try OrderBook.open(file.path, world: .virtual(clock))
        book.advance(by: .days(3))
        #expect(try await book.order("o-1")?.status == "closed, deposit kept")
        await book.close()
    }

    @Test func `that was kept can be given back, whole or in part`() async throws {
        for isWhole in [true, false] {
            let desk = try await paid()
            desk.book.advance(by: .days(12))
            #expect(try desk.status == "closed, deposit kept")
            let part: JSON = ["amount_cents": 300, "reason": "was ill"]
            try await desk.send("refund", part, by: "finance").receipt()
            #expect(try desk.asked().map(\.cents) == [300])
            if isWhole {
                try await desk.send("withdraw", ["reason": "was ill"], by: "seller").receipt()
                #expect(try desk.asked().map(\.cents) == [300, 600])
                #expect(try desk.status == "closed")
            }
            let more: JSON = ["amount_cents": 601, "reason": "was ill"]
            #expect(await desk.send("refund", more, by: "finance").code == "not_possible")
        }
    }
}

@Suite struct `After a sale the seller` {
    /// Sold: paid for, and the group has formed.
    private func sold(_ sale: Sale) async throws -> SalesDesk {
        let desk = try await SalesDesk(sale, balance: 100)
        try await desk.pay("p1").receipt()
        if sale == .preSale {
            desk.book.advance(by: .days(10))
            try await desk.pay("p2", 100).receipt()
        }
        if sale == .groupMember {
            try await desk.join(2)
            try await desk.pay("q1", of: "g-1/m2").receipt()
        }
        #expect(try desk.status == "awaiting shipment")
        return desk
    }

    private func refund(_ desk: SalesDesk, _ cents: Int64) async -> Answer {
        let data: JSON = ["amount_cents": .int(cents), "reason": "broken"]
        return await desk.send("refund", data, by: "finance")
    }

    @Test(arguments: Sale.allCases) func `gives money back, never more than there is`(sale: Sale) async throws {
        let desk = try await sold(sale)
        let price: Int64 = sale == .preSale ? 1_000 : 900
        let ship: JSON =
            sale == .standardOrder
            ? ["parcel": "x", "carrier": "c", "lines": [["line": "a", "qty": 1]]] : ["parcel": "x", "carrier": "c"]
        try await desk.send("ship", ship, by: "warehouse").receipt()
        try await refund(desk, 300).receipt()
        #expect(await refund(desk, price - 299).code == "not_possible")
        #expect(await refund(desk, 0).code == "not_possible")
        try await refund(desk, price - 300).receipt()
        #expect(try desk.asked().reduce(0) { $0 + $1.cents } == price)
        for call in try desk.asked() { try await desk.refundDone(call.key).receipt() }
        #expect(try desk.gone() == price)
    }

    @Test(arguments: [Sale.flashSale, .preSale, .groupMember])
    func `withdraws while the unit is here, and all of the money goes back`(sale: Sale) async throws {
        let desk = try await sold(sale)
        try await refund(desk, 300).receipt()
        let role: Text = sale == .flashSale ? "shop" : "seller"
        try await desk.send("withdraw", ["reason": "broken"], by: role).receipt()
        #expect(try desk.status == "closed")
        #expect(try desk.asked().reduce(0) { $0 + $1.cents } == (sale == .preSale ? 1_000 : 900))
        #expect(try await desk.book.order(desk.order)?.holdings == [])
    }

    @Test func `withdraws from one member, and the group stays formed for the others`() async throws {
        let desk = try await sold(.groupMember)
        try await desk.send("withdraw", ["reason": "broken"], by: "seller").receipt()
        desk.book.advance(by: .hours(24))
        #expect(try await desk.book.order("g-1")?.status == "complete")
        #expect(try await desk.book.order("g-1/m2")?.status == "awaiting shipment")
        #expect(try desk.asked(of: "g-1/m2") == [])
    }
}
