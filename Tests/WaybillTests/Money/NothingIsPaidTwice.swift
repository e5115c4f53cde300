import EngineFixtures
import Testing
import Waybill
import WaybillCore

/// A refund without an answer for a day may have been done: it must not be paid a second time.
@Suite struct `A refund that was done and not answered` {
    @Test func `is not paid again when the order is called off`() throws {
        var money = try DryMoney("standard-order")
        try money.play([mugOrder, dryPay("p1", 1_500), "@1d", #"cancel={"reason":"no"}"#, "refund_done", "refund_done"])
        #expect((money.came, money.left) == (1_500, 1_500))
        #expect(money.refusals == [])
    }

    @Test func `is not paid again when a late payment comes`() throws {
        var money = try DryMoney("standard-order")
        try money.play([
            mugOrder, dryPay("p1", 400), "@30m", "@1d", dryPay("p2", 1_000), "refund_done", "refund_done",
            "refund_done",
        ])
        #expect(money.left == 400)
        #expect(money.run.order.status == "awaiting shipment")
    }

    @Test func `does not pay for goods that leave`() throws {
        var money = try DryMoney("standard-order")
        try money.play([
            mugOrder, "@30m", dryPay("p1", 999), "@1d", dryPay("p2", 1_000),
            #"ship={"parcel":"x","carrier":"c","lines":[{"line":"a","qty":1}]}"#, "@2d", "refund_done", "refund_done",
        ])
        #expect((money.came, money.left) == (1_999, 999))
        #expect(try money.number("overpaid_cents") == 0)
    }

    @Test func `is not paid again in a pre-sale`() throws {
        var money = try DryMoney("pre-sale")
        try money.play([
            """
            place={"buyer":"ann","sku":"mug","at":"","qty":1,"deposit_cents":300,"balance_cents":700,\
            "opens_at":"2026-02-01T00:00:00Z","closes_at":"2026-02-03T00:00:00Z"}
            """,
            #"pay={"payment":"p1","amount_cents":300}"#, #"pay={"payment":"p2","amount_cents":200}"#, "@1d", "cancel",
            "refund_done", "refund_done", "refund_done",
        ])
        #expect((money.came, money.left) == (500, 500))
    }

    @Test func `is not paid again in a group`() throws {
        var money = try DryMoney("group-member")
        try money.play([
            #"take_place={"member":"m1","buyer":"ann","sku":"mug","at":"","price_cents":900}"#, dryPay("p1", 900),
            dryPay("p2", 200), "@1d", "leave", "refund_done", "refund_done", "refund_done",
        ])
        #expect((money.came, money.left) == (1_100, 1_100))
    }

    @Test func `is not paid again in a flash sale`() throws {
        var money = try DryMoney("flash-sale")
        try money.play([
            #"place={"buyer":"ann","sku":"tv","at":"","price_cents":900,"limit":1}"#,
            #"pay={"payment":"p1","amount_cents":900}"#, #"pay={"payment":"p2","amount_cents":200}"#, "@1d",
            #"withdraw={"reason":"broken"}"#, "refund_done", "refund_done", "refund_done",
        ])
        #expect((money.came, money.left) == (1_100, 1_100))
    }
}

@Suite struct `A refund without an answer` {
    @Test(arguments: Sale.allCases)
    func `stays on its way until payments or finance say which, and is not asked for again`(sale: Sale) async throws {
        for isDone in [true, false] {
            let desk = try await SalesDesk(sale)
            try await desk.pay("p1").receipt()
            try await desk.pay("stray", 100).receipt()
            let call = try #require(try desk.asked().first).key
            desk.book.advance(by: .days(2))
            #expect(try await desk.book.calls(of: desk.order)?.first?.state == "unanswered")
            #expect(await desk.refundAgain("stray", 100).code == "not_possible")
            #expect(await desk.refundDone(call, by: "buyer").code == "wrong_role")
            try await (isDone ? desk.refundDone(call, by: "finance") : desk.refundFailed(call, by: "finance")).receipt()
            #expect(try desk.gone() == (isDone ? 100 : 0))
            #expect(await desk.refundAgain("stray", 100).code == (isDone ? "not_possible" : "accepted"))
        }
    }
}
