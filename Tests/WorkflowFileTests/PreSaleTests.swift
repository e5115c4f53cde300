import Testing
import WaybillCore
import WorkflowFile

@Suite struct `A pre-sale` {
    /// Placed now; the window opens in ten days and closes two days later.
    private func placed() throws -> Rehearsal {
        let sale = try Rehearsal(shippedText("pre-sale"))
        sale.shelf.fill("book", at: "hall", 3)
        #expect(sale.send("place", place(sale, opens: 10, closes: 12), by: "buyer") == "deposit_due")
        return sale
    }

    private func place(_ sale: Rehearsal, opens: Int64, closes: Int64) -> String {
        """
        {"buyer": "b", "sku": "book", "at": "hall", "qty": 2, "deposit_cents": 300, "balance_cents": 2700,
        "opens_at": \(day(sale, opens)), "closes_at": \(day(sale, closes))}
        """
    }

    private func day(_ sale: Rehearsal, _ days: Int64) -> Int64 { sale.now.advanced(by: .days(days)).milliseconds }

    private func pay(_ sale: Rehearsal, _ payment: String, _ cents: Int) -> String {
        sale.send("pay", #"{"payment": "\#(payment)", "amount_cents": \#(cents)}"#, by: "payments")
    }

    @Test func `goes from deposit over the window to the balance`() throws {
        let sale = try placed()
        #expect(pay(sale, "d", 300) == "waiting")
        #expect(sale.wait(.days(9)) == "waiting")
        #expect(sale.wait(.days(1)) == "window")
        #expect(sale.sent == ["order:balance-due"])
        #expect(pay(sale, "b", 2700) == "paid.packing")
        #expect(sale.holdings == ["book@hall 0/2/0"])
        #expect(sale.send("ship", #"{"parcel": "x", "carrier": "c"}"#) == "paid.shipped")
    }

    @Test func `keeps the deposit when the window passes`() throws {
        let sale = try placed()
        _ = pay(sale, "d", 300)
        #expect(sale.wait(.days(12)) == "ended.deposit_kept")
        #expect(sale.sent == ["order:closed", "order:deposit-kept"])
        #expect(sale.holdings.isEmpty)
        #expect(pay(sale, "b", 2700) == "ended.deposit_kept")
        #expect(sale.calls == [#"{"payment":"b","amount_cents":2700}"#])
    }

    @Test func `gives the deposit back by who ends it and when`() throws {
        // (command, days after the deposit) -> where it ends, what goes back
        let rows: [(EventName, String, Int64, String, Int)] = [
            ("cancel", "", 1, "ended.nothing_kept", 1), ("cancel", "", 11, "ended.deposit_kept", 0),
            ("withdraw", #"{"reason": "x"}"#, 1, "ended.nothing_kept", 1),
            ("withdraw", #"{"reason": "x"}"#, 11, "ended.nothing_kept", 1),
        ]
        for (command, data, days, end, refunds) in rows {
            let sale = try placed()
            _ = pay(sale, "d", 300)
            sale.wait(.days(days))
            #expect(sale.send(command, data) == end)
            #expect(sale.sent.count { $0 == "refunds:call" } == refunds, "\(command) after \(days) days")
        }
    }

    @Test func `moves its window when the seller postpones`() throws {
        let sale = try placed()
        _ = pay(sale, "d", 300)
        let later = #"{"opens_at": \#(day(sale, 20)), "closes_at": \#(day(sale, 22))}"#
        #expect(sale.send("postpone", later, by: "seller") == "waiting")
        #expect(sale.wait(.days(19)) == "waiting")
        #expect(sale.wait(.days(1)) == "window")
        #expect(sale.wait(.days(2)) == "ended.deposit_kept")
    }

    @Test func `is refused when its window closes before it opens`() throws {
        let sale = try Rehearsal(shippedText("pre-sale"))
        sale.shelf.fill("book", at: "hall", 3)
        #expect(sale.send("place", place(sale, opens: 12, closes: 10)).contains("opens_at < closes_at"))
    }

    @Test func `ends without the deposit after half an hour`() throws {
        let sale = try placed()
        #expect(sale.wait(.minutes(30)) == "ended.nothing_kept")
        #expect(sale.shelf.free("book", at: "hall") == 3)
    }
}
