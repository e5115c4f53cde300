import Testing
import WaybillCore
import WorkflowFile

@Suite struct `A flash sale` {
    /// Placed, unless there are no units or none for this buyer.
    private func placed(limit: Int = 2, units: Int64 = 1) throws -> Rehearsal {
        let sale = try Rehearsal(shippedText("flash-sale"))
        sale.shelf.fill("phone", at: "hall", units)
        let place = #"{"buyer": "b", "sku": "phone", "at": "hall", "price_cents": 9900, "limit": \#(limit)}"#
        let answer = sale.send("place", place, by: "shop")
        #expect(units == 0 || limit == 0 ? answer.hasPrefix("refused: ") : answer == "unpaid")
        return sale
    }

    private func pay(_ sale: Rehearsal, _ payment: String, _ cents: Int) -> String {
        sale.send("pay", #"{"payment": "\#(payment)", "amount_cents": \#(cents)}"#, by: "payments")
    }

    @Test func `takes one unit of the item and one of the buyer's limit`() throws {
        let sale = try placed()
        #expect(sale.holdings == ["limit:phone@b 1/0/0", "phone@hall 1/0/0"])
        #expect(sale.shelf.free("limit:phone", at: "b") == 1)
    }

    @Test func `refuses at the door when the item or the limit is used up`() throws {
        #expect(try placed(units: 0).order.version == 0)
        #expect(try placed(limit: 0).order.version == 0)
    }

    @Test func `waits fifteen minutes for the money`() throws {
        let sale = try placed()
        #expect(sale.wait(.seconds(899)) == "unpaid")
        #expect(sale.wait(.seconds(1)) == "closed")
        #expect(sale.shelf.free("phone", at: "hall") == 1)
        #expect(sale.shelf.free("limit:phone", at: "b") == 2)
        #expect(pay(sale, "p1", 9900) == "closed")
        #expect(sale.calls == [#"{"payment":"p1","amount_cents":9900}"#])
    }

    @Test func `keeps the limit used after payment, and sends other money back`() throws {
        let sale = try placed()
        #expect(pay(sale, "p0", 100) == "unpaid")
        #expect(sale.sent == ["refunds:call"])
        #expect(pay(sale, "p1", 9900) == "paid.packing")
        #expect(sale.holdings == ["limit:phone@b 0/1/0", "phone@hall 0/1/0"])
        #expect(sale.send("ship", #"{"parcel": "x", "carrier": "c"}"#, by: "warehouse") == "paid.shipped")
        #expect(sale.order.status == "shipped")
        #expect(pay(sale, "p2", 9900) == "paid.shipped")
        #expect(sale.sent == ["refunds:call"])
        #expect(sale.send("refund_done", #"{"refund": "r", "payment": "p0", "amount_cents": 100}"#) == "paid.shipped")
    }
}
