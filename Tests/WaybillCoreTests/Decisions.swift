import Testing
import WaybillCore

/// What a workflow says to a command, besides what its statechart says.
@Suite struct `A command` {
    private let shop = """
        commands:
          place: {by: [buyer, clerk], key: request, data: {request: text, limit: cents,
                  lines: {list: {line: text, qty: count, price_cents: cents}, max: 3}}}
          pay: {by: payments, key: payment, data: {payment: text, amount_cents: cents}}
          spend: {data: {amount_cents: cents}}
          set_qty: {data: {line: text, qty: count}}
          take: {data: {sku: text, qty: count}}
          give: {data: {sku: text, qty: count}}
          sell: {data: {sku: text, qty: count}}
        context:
          request: text
          limit: cents
          paid_cents: cents
          lines: {key: line, max: 3, of: {qty: count, price_cents: cents, done: count}}
          payments: {key: payment, max: 2, of: {amount_cents: cents}}
        derive: {total_cents: 'SUM(l IN lines: l.qty * l.price_cents)'}
        invariants: ['paid_cents <= limit']
        initial: open
        states:
          open:
            on:
              pay: {actions: [{assign: {paid_cents: '+ event.amount_cents'}},
                              {put: {payments: {payment: event.payment, amount_cents: event.amount_cents}}}]}
              spend: {actions: [{assign: {paid_cents: '- event.amount_cents'}}]}
              set_qty: {guard: total_cents >= 0, actions: [{assign: {'lines[event.line].qty': event.qty}}]}
              take: {actions: [{reserve: {sku: event.sku, qty: event.qty}}]}
              give: {actions: [{release: {sku: event.sku, qty: event.qty}}]}
              sell: {actions: [{confirm: {sku: event.sku, qty: event.qty}}]}
        """
    private let twoLines = #"[{"line":"a","qty":1,"price_cents":5},{"line":"b","qty":2,"price_cents":7}]"#

    private func data(_ lines: String, limit: Int64 = 1_000) -> String {
        #"{"request":"r","limit":\#(limit),"lines":\#(lines)}"#
    }

    private func placed(limit: Int64 = 1_000) throws -> Chart {
        let chart = try Chart(waiting: shop)
        try chart.send("place", data(twoLines, limit: limit))
        return chart
    }

    private func pay(_ payment: String, _ cents: Int64) -> String {
        #"{"payment":"\#(payment)","amount_cents":\#(cents)}"#
    }

    /// The refusal of a command with every detail of its own.
    private func refused(
        _ name: EventName, _ data: String = "", on chart: Chart, _ change: (inout Command) -> Void = { _ in }
    ) -> Refusal? {
        var command = Command(order: chart.order.id, name: name, data: Array(data.utf8))
        change(&command)
        return refusal {
            _ = try chart.workflow.decide(command, on: chart.order, at: chart.now, asking: EndlessStock())
        }
    }

    @Test func `must be one that the workflow declares`() throws {
        let chart = try placed()
        #expect(refused("fly", on: chart) == .unknownCommand("fly", workflow: "chart"))
    }

    @Test func `comes first or not first, as the workflow says`() throws {
        let waiting = try Chart(waiting: shop)
        #expect(refused("pay", pay("p", 1), on: waiting) == .unknownOrder("o-1"))
        let chart = try placed()
        #expect(refused("place", data("[]"), on: chart) == .keyReused(key: "r"))
        #expect(
            refused("place", data("[]").replacing("\"r\"", with: "\"other\""), on: chart) == .orderExists("o-1"))
    }

    @Test func `is sent by a role that may`() throws {
        let chart = try placed()
        let wrong = refused("pay", pay("p", 1), on: chart) { $0.role = "buyer" }
        #expect(wrong == .wrongRole("pay", role: "buyer", allowed: ["payments"]))
        #expect(refused("pay", pay("p", 1), on: chart) { $0.role = "payments" } == nil)
        #expect(refused("pay", pay("p", 1), on: chart) == nil, "trusted code has no role")
        #expect(refused("spend", #"{"amount_cents":0}"#, on: chart) { $0.role = "anybody" } == nil)
    }

    @Test func `may insist on the order's version`() throws {
        let chart = try placed()
        #expect(refused("pay", pay("p", 1), on: chart) { $0.expectedVersion = 1 } == nil)
        let late = refused("pay", pay("p", 1), on: chart) { $0.expectedVersion = 7 }
        #expect(late == .versionConflict(expected: 7, actual: 1))
    }

    @Test func `with a natural key is done once, whatever else it insists on`() throws {
        let chart = try placed()
        try chart.send("pay", pay("p", 10))
        try chart.send("spend", #"{"amount_cents":4}"#)
        let before = chart.order
        try chart.send("pay", pay("p", 10))
        #expect(chart.said == ["repeated"])
        #expect(chart.order == before)
        #expect(refused("pay", pay("p", 11), on: chart) == .keyReused(key: "p"))
        // The sender that never heard the answer sends the same again, with the version that it knew.
        #expect(refused("pay", pay("p", 10), on: chart) { $0.expectedVersion = 1 } == nil)
        try chart.send("place", data(twoLines))
        #expect(chart.said == ["repeated"])
    }

    @Test func `with a natural key that differs in bytes only is another one`() throws {
        let chart = try placed()
        try chart.send("pay", pay("\u{e9}", 10))
        try chart.send("pay", pay("e\u{301}", 10))
        #expect(chart["paid_cents"] == .int(20))
    }

    @Test func `cannot place two lines under one key`() throws {
        let waiting = try Chart(waiting: shop)
        let twice = data(#"[{"line":"a","qty":1,"price_cents":5},{"line":"a","qty":2,"price_cents":7}]"#)
        #expect(
            refused("place", twice, on: waiting)
                == .badData("place", path: "lines[1]", problem: "the key a is given twice"))
    }

    @Test func `cannot break an invariant`() throws {
        let chart = try placed(limit: 15)
        try chart.send("pay", pay("p", 10))
        let before = chart.order
        #expect(
            refused("pay", pay("q", 6), on: chart)
                == .invariantBroken(
                    Refusal.Condition(
                        "paid_cents <= limit", parts: [.init(text: "paid_cents <= limit", finding: "16 <= 15 is false")]
                    )))
        #expect(chart.order == before)
        let none = try Chart(waiting: shop.replacing("paid_cents <= limit", with: "limit >= 100"))
        #expect(
            refused("place", data("[]", limit: 3), on: none)
                == .invariantBroken(
                    Refusal.Condition(
                        "limit >= 100", parts: [.init(text: "limit >= 100", finding: "3 >= 100 is false")])))
    }

    @Test func `cannot bring a number out of its range`() throws {
        let chart = try placed(limit: .max)
        #expect(
            refused("spend", #"{"amount_cents":1}"#, on: chart) == .arithmetic("paid_cents would be -1, below zero"))
        try chart.send("pay", pay("p", .max))
        #expect(refused("pay", pay("q", 1), on: chart) == .arithmetic("paid_cents left the 64-bit range"))
        try chart.send("set_qty", #"{"line":"a","qty":\#(Int64.max)}"#)
        let tooMuch = refused("set_qty", #"{"line":"a","qty":1}"#, on: chart)
        #expect(tooMuch == .arithmetic("a number left the 64-bit range"))
    }

    @Test func `cannot change an element that is not there, or put one too many`() throws {
        let chart = try placed()
        let missing = refused("set_qty", #"{"line":"z","qty":1}"#, on: chart)
        #expect(missing == .badData("", path: "lines[z]", problem: "there is no line z; there are a, b"))
        try chart.send("pay", pay("p", 1))
        try chart.send("pay", pay("q", 1))
        #expect(refused("pay", pay("r", 1), on: chart) == .limit("elements of payments", max: 2))
    }

    @Test func `cannot give back, sell or ship what the order does not hold`() throws {
        let chart = try placed()
        try chart.send("take", #"{"sku":"mug","qty":2}"#)
        try chart.send("take", #"{"sku":"mug","qty":0}"#)
        #expect(chart.order.holdings == [Holding(key: StockKey(sku: "mug"), reserved: 2)])
        #expect(
            refused("give", #"{"sku":"mug","qty":3}"#, on: chart)
                == .beyondHolding("mug", "", asked: 3, held: 2, verb: "release"))
        #expect(
            refused("sell", #"{"sku":"pot","qty":1}"#, on: chart)
                == .beyondHolding("pot", "", asked: 1, held: 0, verb: "confirm"))
        try chart.send("sell", #"{"sku":"mug","qty":1}"#)
        try chart.send("give", #"{"sku":"mug","qty":2}"#)
        #expect(chart.order.holdings == [], "the reserved unit goes back, then the sold one")
    }

    @Test func `holds and gives back as much as 64 bits can count`() throws {
        let chart = try placed()
        for _ in 0..<2 {
            try chart.send("take", #"{"sku":"mug","qty":\#(Int64.max)}"#)
            if chart.order.holding(StockKey(sku: "mug")).sold == 0 {
                try chart.send("sell", #"{"sku":"mug","qty":\#(Int64.max)}"#)
            }
        }
        #expect(refused("take", #"{"sku":"mug","qty":1}"#, on: chart) != nil)
        #expect(refused("sell", #"{"sku":"mug","qty":1}"#, on: chart) != nil)
        try chart.send("give", #"{"sku":"mug","qty":\#(Int64.max)}"#)
        try chart.send("give", #"{"sku":"mug","qty":\#(Int64.max)}"#)
        #expect(refused("give", #"{"sku":"mug","qty":\#(Int64.max)}"#, on: chart) != nil)
        #expect(chart.order.holdings == [])
    }
}
