import Testing
import WaybillCore
import WorkflowFile

@Suite struct `A standard order` {
    private static let place = """
        {"shop": "s", "buyer": "b", "coupon": "ten", "pay_within": 1800000, "freight_cents": 500, "discount_cents": 100,
        "lines": [{"line": "1", "sku": "tea", "at": "north", "qty": 2, "price_cents": 1000},
        {"line": "2", "sku": "cup", "at": "south", "qty": 1, "price_cents": 700}]}
        """

    private func placed() throws -> Rehearsal {
        let order = try Rehearsal(shippedText("standard-order"))
        order.shelf.fill("tea", at: "north", 5)
        order.shelf.fill("cup", at: "south", 1)
        order.shelf.fill("coupon:ten", 1)
        #expect(order.send("place", Self.place, by: "buyer") == "money.unpaid goods.waiting aftersale.watching")
        return order
    }

    private func pay(_ order: Rehearsal, _ payment: String, _ cents: Int) -> String {
        order.send("pay", #"{"payment": "\#(payment)", "channel": "card", "amount_cents": \#(cents)}"#, by: "payments")
    }

    private func lines(_ parcel: String, _ lines: (String, Int)...) -> String {
        let list = lines.map { #"{"line": "\#($0.0)", "qty": \#($0.1)}"# }.joined(separator: ", ")
        return #"{"parcel": "\#(parcel)", "carrier": "c", "lines": [\#(list)]}"#
    }

    @Test func `reserves all lines and its coupon, or nothing`() throws {
        let order = try placed()
        #expect(order.holdings == ["coupon:ten@ 1/0/0", "cup@south 1/0/0", "tea@north 2/0/0"])
        #expect(order.sent == ["order:placed"])
        let second = try Rehearsal(shippedText("standard-order"))
        second.shelf.fill("tea", at: "north", 5)
        second.shelf.fill("cup", at: "south", 0)
        #expect(second.send("place", Self.place).hasPrefix("refused: "))
        #expect(second.shelf.free("tea", at: "north") == 5)
    }

    @Test func `is paid in parts, a price change in between`() throws {
        let order = try placed()
        #expect(pay(order, "p1", 1000) == "money.unpaid goods.waiting aftersale.watching")
        order.send("change_price", #"{"line": "2", "price_cents": 600}"#, by: "seller")
        #expect(pay(order, "p2", 2000) == "money.paid goods.waiting aftersale.watching")
        #expect(order.holdings == ["coupon:ten@ 0/1/0", "cup@south 0/1/0", "tea@north 0/2/0"])
        #expect(pay(order, "p1", 1000) == "repeated 2")
        #expect(order.order.timeouts.isEmpty)
    }

    @Test func `gives back what was paid too much`() throws {
        let order = try placed()
        #expect(pay(order, "p1", 4000) == "money.paid goods.waiting aftersale.watching")
        #expect(order.calls == [#"{"payment":"p1","amount_cents":900}"#])
        _ = pay(order, "p2", 50)
        #expect(order.calls == [#"{"payment":"p2","amount_cents":50}"#])
    }

    @Test func `expires, gives its stock and its partial payments back`() throws {
        let order = try placed()
        _ = pay(order, "p1", 10)
        #expect(order.wait(.minutes(29)) == "money.unpaid goods.waiting aftersale.watching")
        #expect(order.wait(.minutes(1)) == "money.expired goods.given_back aftersale.watching")
        #expect(order.sent.sorted() == ["order:closed", "refunds:call"])
        #expect(order.holdings.isEmpty)
        #expect(order.shelf.free("coupon:ten") == 1)
        #expect(order.order.status == "closed")
    }

    @Test func `takes the stock again for a late payment`() throws {
        let order = try placed()
        order.wait(.minutes(30))
        #expect(pay(order, "p1", 3100) == "money.paid goods.waiting aftersale.watching")
        #expect(order.holdings == ["coupon:ten@ 0/1/0", "cup@south 0/1/0", "tea@north 0/2/0"])
        #expect(order.order.status == "awaiting shipment")
    }

    @Test func `gives a late payment back when the stock is gone`() throws {
        let order = try placed()
        order.wait(.minutes(30))
        order.shelf.fill("cup", at: "south", -1)
        #expect(pay(order, "p1", 3100) == "money.expired goods.given_back aftersale.watching")
        #expect(order.calls == [#"{"payment":"p1","amount_cents":3100}"#])
        #expect(order.holdings.isEmpty)
    }

    @Test func `ships in parcels, never more than was ordered`() throws {
        let order = try placed()
        #expect(order.send("ship", lines("x0", ("1", 1))).hasPrefix("refused: "))
        _ = pay(order, "p1", 3100)
        #expect(order.send("ship", lines("x1", ("1", 1))) == "money.paid goods.partly aftersale.watching")
        #expect(order.send("ship", lines("x2", ("1", 2))).hasPrefix("refused: "))
        #expect(
            order.send("ship", lines("x3", ("1", 1), ("2", 1))) == "money.paid goods.on_the_way aftersale.watching")
        #expect(order.holdings == ["coupon:ten@ 0/1/0", "cup@south 0/1/1", "tea@north 0/2/2"])
        order.send("signed", #"{"parcel": "x1", "lines": [{"line": "1", "qty": 1}]}"#, by: "child")
        #expect(order.wait(.days(10)) == "money.paid goods.on_the_way aftersale.watching")
        let rest = #"{"parcel": "x3", "lines": [{"line": "1", "qty": 1}, {"line": "2", "qty": 1}]}"#
        #expect(order.send("signed", rest, by: "child") == "money.paid goods.arrived aftersale.watching")
        order.send("extend_receipt", #"{"by": 86400000}"#, by: "buyer")
        #expect(order.wait(.days(10)) == "money.paid goods.arrived aftersale.watching")
        #expect(order.wait(.days(1)) == "money.paid goods.received aftersale.watching")
        #expect(order.order.status == "completed")
    }

    @Test func `takes back what was signed for, and splits the refund to the cent`() throws {
        let order = try placed()
        _ = pay(order, "p1", 1000)
        _ = pay(order, "p2", 2100)
        order.send("ship", lines("x1", ("1", 2), ("2", 1)))
        let ask = #"{"case": "c", "kind": "broken", "lines": [{"line": "1", "qty": 1}]}"#
        #expect(order.send("ask_return", ask).hasPrefix("refused: "))
        order.send("signed", #"{"parcel": "x1", "lines": [{"line": "1", "qty": 2}]}"#, by: "child")
        order.send("ask_return", ask, by: "buyer")
        #expect(order.sent == ["returns:asked"])
        let returned = #"{"case": "c", "refund_cents": 1000, "lines": [{"line": "1", "qty": 1, "at": "north"}]}"#
        order.send("returned", returned, by: "child")
        #expect(
            order.calls == [
                #"{"payment":"p1","amount_cents":323}"#, #"{"payment":"p2","amount_cents":677}"#,
            ])
        #expect(order.shelf.free("tea", at: "north") == 4)
        let done = #"{"refund": "r", "payment": "p1", "amount_cents": 324}"#
        #expect(order.send("refund_done", done, by: "payments").hasPrefix("refused: "))
        order.send("refund_done", #"{"refund": "r", "payment": "p1", "amount_cents": 323}"#, by: "payments")
        #expect(order.sent == ["order:refunded"])
    }

    @Test func `listens to the right role only`() throws {
        let order = try placed()
        #expect(order.send("cancel", #"{"reason": "x"}"#, by: "warehouse").hasPrefix("refused: "))
        #expect(order.send("place", Self.place, by: "buyer").hasPrefix("refused: "))
    }
}
