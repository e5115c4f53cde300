import EngineFixtures
import Testing
import Waybill
import WaybillCore

@Suite struct `A refund that failed` {
    /// Paid, and a second payment of 1.00 is on its way back.
    private func paidTwice(_ sale: Sale) async throws -> SalesDesk {
        let desk = try await SalesDesk(sale)
        try await desk.pay("p1").receipt()
        try await desk.pay("stray", 100).receipt()
        return desk
    }

    @Test(arguments: Sale.allCases) func `is asked for again by a person, once`(sale: Sale) async throws {
        let desk = try await paidTwice(sale)
        let first = try #require(try desk.asked().first)
        #expect(first.cents == 100)
        #expect(await desk.refundAgain("stray", 100).code == "not_possible", "it is on its way")
        try await desk.refundFailed(first.key).receipt()
        #expect(await desk.refundAgain("stray", 100, by: "buyer").code == "wrong_role")
        #expect(await desk.refundAgain("stray", 101).code == "not_possible")
        #expect(await desk.refundAgain("stray", 0).code == "not_possible")
        try await desk.refundAgain("stray", 100).receipt()
        #expect(await desk.refundAgain("stray", 100).code == "not_possible")
        let second = try #require(try desk.asked().first)
        #expect(second == SalesDesk.Asked(key: second.key, payment: "stray", cents: 100) && second.key != first.key)
        try await desk.refundDone(second.key).receipt()
        #expect(try desk.gone() == 100)
        #expect(await desk.refundAgain("stray", 100).code == "not_possible")
    }

    @Test(arguments: Sale.allCases) func `may be asked for in parts`(sale: Sale) async throws {
        let desk = try await paidTwice(sale)
        try await desk.refundFailed(try #require(try desk.asked().first).key).receipt()
        try await desk.refundAgain("stray", 60).receipt()
        #expect(await desk.refundAgain("stray", 60).code == "not_possible")
        try await desk.refundAgain("stray", 40).receipt()
        #expect(try desk.asked().map(\.cents) == [60, 40])
    }

    @Test(arguments: Sale.allCases) func `is owed to the payment that it came by, and to no other`(
        sale: Sale
    ) async throws {
        let desk = try await SalesDesk(sale)
        try await desk.pay("p1").receipt()
        // More than an order keeps one by one.
        for number in 1...60 { try await desk.pay("stray-\(number)", 400).receipt() }
        for call in try desk.asked() where ["stray-1", "stray-59"].contains(call.payment) {
            try await desk.refundFailed(call.key).receipt()
        }
        for other in ["never came", "p1", "stray-2", "stray-60"] {
            #expect(await desk.refundAgain(other, 100).code == "not_possible", "\(other)")
        }
        for owed in ["stray-1", "stray-59"] {
            #expect(await desk.refundAgain(owed, 401).code == "not_possible", "\(owed)")
            try await desk.refundAgain(owed, 400).receipt()
        }
    }

    @Test(arguments: Sale.allCases) func `and was done after all has left, and is not asked for again`(
        sale: Sale
    ) async throws {
        let desk = try await paidTwice(sale)
        let call = try #require(try desk.asked().first)
        try await desk.refundFailed(call.key).receipt()
        try await desk.refundDone(call.key).receipt()
        #expect(await desk.refundAgain("stray", 100).code == "not_possible")
        #expect(try desk.cents("overpaid_cents") == 0)
    }

    @Test(arguments: Sale.allCases) func `and was done after all when it had been asked for again is seen`(
        sale: Sale
    ) async throws {
        let desk = try await paidTwice(sale)
        let call = try #require(try desk.asked().first)
        try await desk.refundFailed(call.key).receipt()
        try await desk.refundAgain("stray", 100).receipt()
        try await desk.refundDone(call.key).receipt()
        #expect(try desk.cents("overpaid_cents") == 100)
        #expect(try desk.asked().map(\.cents) == [100])
    }

    @Test func `does not pay for an order, and is not given back with it`() async throws {
        let desk = try await SalesDesk(.standardOrder)
        try await desk.pay("p1", 400).receipt()
        desk.book.advance(by: .minutes(30))
        try await desk.refundFailed(try #require(try desk.asked().first).key).receipt()
        try await desk.pay("p2").receipt()
        #expect(try desk.status == "awaiting shipment")
        #expect(try desk.asked() == [], "400 are owed, and are not what was paid too much")
        try await desk.send("cancel", ["reason": "no"], by: "buyer").receipt()
        #expect(try desk.asked().map(\.cents) == [900])
        try await desk.refundAgain("p1", 400).receipt()
        #expect(try desk.asked().map(\.cents) == [900, 400])
    }
}

@Suite struct `A payment` {
    @Test(arguments: Sale.allCases) func `is never refused, however many there are`(sale: Sale) async throws {
        let desk = try await SalesDesk(sale)
        try await desk.pay("p").receipt()
        for number in 1...60 { try await desk.pay("stray-\(number)", 10).receipt() }
        #expect(try desk.asked().count == 60)
        #expect(try desk.asked().reduce(0) { $0 + $1.cents } == 600)
        // The last ones are not kept one by one, and go back all the same.
        let calls = try desk.asked()
        try await desk.refundDone(calls[59].key).receipt()
        try await desk.refundFailed(calls[58].key).receipt()
        #expect(await desk.refundAgain(calls[58].payment, 11).code == "not_possible")
        try await desk.refundAgain(calls[58].payment, 10).receipt()
        #expect(await desk.refundAgain(calls[58].payment, 10).code == "not_possible")
        for call in try desk.asked() { try await desk.refundDone(call.key).receipt() }
        #expect(try desk.gone() == 600)
        #expect(try desk.cents("overpaid_cents") == 0)
    }

    @Test(arguments: Sale.allCases) func `of nothing takes no place`(sale: Sale) async throws {
        let desk = try await SalesDesk(sale)
        for number in 1...60 { try await desk.pay("nothing-\(number)", 0).receipt() }
        try await desk.pay("p").receipt()
        #expect(try desk.asked() == [])
        #expect(try desk.mugs == (sale == .preSale || sale == .groupMember ? [9, 1, 0] : [9, 0, 1]))
    }

    @Test func `that is the 51st part of a price goes back, and the order waits on`() async throws {
        let desk = try await SalesDesk(.standardOrder)
        for number in 1...50 { try await desk.pay("part-\(number)", 1).receipt() }
        try await desk.pay("part-51", 850).receipt()
        #expect(try desk.asked().map(\.cents) == [850])
        #expect(try desk.status == "awaiting payment")
        desk.book.advance(by: .minutes(30))
        #expect(try desk.asked().reduce(0) { $0 + $1.cents } == 900)
    }

    @Test func `beyond the natural keys of an order is refused whole, answers are not`() async throws {
        let desk = try await SalesDesk(.flashSale)
        try await desk.pay("p").receipt()
        var used = 1
        while used < 1_024 {
            try await desk.pay("stray-\(used)", 10).receipt()
            used += 1
            guard used < 1_024, let call = try desk.asked().first else { break }
            try await desk.refundDone(call.key).receipt()
            used += 1
        }
        let before = try #require(try await desk.book.order(desk.order))
        #expect(
            await desk.pay("one more", 10) == .refused(.limit("natural keys of an order", max: 1_024)))
        #expect(try await desk.book.order(desk.order) == before)
        // A payment that is known already is answered as it was.
        #expect(try await desk.pay("p").receipt().isRepeat)
        let call = try #require(try desk.asked().first)
        try await desk.refundFailed(call.key).receipt()
        try await desk.refundDone(call.key).receipt()
        #expect(try desk.asked() == [])
    }
}
