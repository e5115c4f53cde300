import Testing
import WaybillCore

/// What can be said of the commands that an order can take, before one is sent.
@Suite struct `A way that a command may take` {
    private static let shop = """
        commands:
          place: {data: {limit: cents, is_gift: optional bool}}
          pay: {by: [payments, clerk], data: {cents: cents}}
          ship: {by: store, data: {qty: count}}
          cancel: {}
        context: {limit: cents, is_gift: optional bool, paid: cents}
        type: parallel
        on: {cancel: {actions: [{assign: {paid: 0}}]}}
        states:
          money:
            initial: unpaid
            states:
              unpaid:
                on:
                  pay:
                    - {guard: event.cents = limit, because: Pay it whole, target: paid}
                    - {guard: is_gift, target: paid}
                    - {guard: limit > 0, actions: [{assign: {paid: event.cents}}]}
              paid: {}
          goods:
            initial: here
            states:
              here:
                on: {ship: {guard: IN_STATE('money.paid') AND event.qty > 0, target: gone}}
              gone: {}
        """

    private func ways(_ isPaid: Bool = false) throws -> [OrderWay] {
        let chart = try Chart(waiting: Self.shop)
        try chart.send("place", #"{"limit":4}"#)
        if isPaid { try chart.send("pay", #"{"cents":4}"#) }
        return chart.workflow.ways(of: chart.order, at: chart.now)
    }

    @Test func `has its role, its region and its target`() throws {
        let ways = try ways()
        #expect(ways.map(\.command) == ["cancel", "pay", "pay", "pay", "ship"])
        #expect(ways.map(\.state) == ["", "money.unpaid", "money.unpaid", "money.unpaid", "goods.here"])
        #expect(ways.map(\.target) == [nil, "money.paid", "money.paid", nil, "goods.gone"])
        #expect(ways[1].roles == ["payments", "clerk"])
        #expect(ways[0].roles == [])
    }

    @Test func `is open, closed already, or depends on the command's data`() throws {
        #expect(try ways().map(\.outlook) == [.open, .byData, .closed, .open, .closed])
        #expect(try ways(true).map(\.outlook) == [.open, .byData])
    }

    @Test func `says what its guard reads, and what is in its way`() throws {
        let ways = try ways()
        #expect(ways[1].reads == [.init(name: "limit", value: "4")])
        #expect(ways[1].because == "Pay it whole")
        #expect(ways[1].obstacles == [])
        #expect(ways[2].obstacles == [.init(text: "is_gift", finding: "is_gift has no value")])
        #expect(
            ways[4].obstacles == [.init(text: "IN_STATE('money.paid')", finding: "IN_STATE('money.paid') is false")])
    }

    @Test func `is not closed when a half that is unknown may be outweighed by the command's data`() throws {
        let chart = try Chart(
            waiting: """
                commands: {place: {}, go: {data: {cents: cents}}}
                context: {coupon: optional text}
                initial: a
                states:
                  a:
                    on:
                      go:
                        - {guard: "NOT (coupon = 'X' AND event.cents > 5)", target: b}
                        - {guard: "coupon = 'X' AND event.cents > 5", target: b}
                        - {guard: "NOT (coupon = 'X' OR event.cents > 5)", target: b}
                        - {guard: "coupon = 'X' OR event.cents > 5", target: b}
                  b: {}
                """)
        try chart.send("place")
        let ways = chart.workflow.ways(of: chart.order, at: chart.now)
        #expect(ways.map(\.outlook) == [.byData, .closed, .closed, .byData])
        try chart.send("go", #"{"cents":3}"#)
        #expect(chart.workflow.ways(of: chart.order, at: chart.now) == [])
    }

    @Test func `is not closed because it would take long to find out`() throws {
        let chart = try Chart(
            waiting: """
                commands: {place: {data: {lines: {list: {line: text, qty: count}, max: 300}}}, go: {}}
                context: {lines: {key: line, max: 300, of: {qty: count}}}
                initial: a
                states:
                  a: {on: {go: {guard: 'ANY(l IN lines: ANY(m IN lines: l.qty + m.qty = 7))', target: b}}}
                  b: {}
                """)
        let lines = (0..<300).map { #"{"line":"\#($0)","qty":1}"# }.joined(separator: ",")
        try chart.send("place", #"{"lines":[\#(lines)]}"#)
        #expect(chart.workflow.ways(of: chart.order, at: chart.now).map(\.outlook) == [.byData])
    }

    @Test func `is none when the order has ended`() throws {
        let chart = try Chart(
            """
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """)
        #expect(chart.workflow.ways(of: chart.order, at: chart.now).map(\.target) == ["b"])
        try chart.send("go")
        #expect(chart.workflow.ways(of: chart.order, at: chart.now) == [])
    }
}
