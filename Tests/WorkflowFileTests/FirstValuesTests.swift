import Testing
import WaybillCore
import WorkflowFile

@Suite struct `A field of the context` {
    private static let text = """
        id: t
        version: 1
        commands:
          place: {data: {buyer: text, grace: optional duration, lines: {list: {line: text, qty: count}, max: 9}}}
          check: {data: {line: text}}
          add: {data: {line: text}}
          wait: {}
        context:
          buyer: text
          note: text
          gift: bool
          tries: count
          owed: signed cents
          seen: {list: {line: text}, max: 9}
          reason: optional text
          grace: duration = 10m
          opens_at: time = 2036-01-01T00:00:00Z
          channel: text = 'shop'
          fee: signed cents = -50
          lines: {key: line, max: 9, of: {qty: count, checked: bool, place: text = 'east'}}
        initial: a
        states:
          a:
            on:
              check:
                guard: NOT gift AND note = '' AND NOT lines[event.line].checked
                actions: [{assign: {'lines[event.line].checked': TRUE, note: "note || 'seen'"}}]
              add: {actions: [{put: {lines: {line: event.line}}}]}
              wait: b
          b: {after: {due: {in: grace, target: c}}}
          c: {type: final}
        """

    @Test func `begins at 0, FALSE, '' or empty when the command that places the order does not fill it`() throws {
        let order = try Rehearsal(Self.text)
        #expect(order.send("place", #"{"buyer":"ann","lines":[{"line":"1","qty":2}]}"#) == "a")
        #expect(order.context("buyer") == .text("ann"))
        #expect(order.context("note") == .text(""))
        #expect(order.context("gift") == .bool(false))
        #expect(order.context("tries") == .int(0))
        #expect(order.context("owed") == .int(0))
        #expect(order.context("seen") == .list([]))
        #expect(order.context("reason") == .null)
        // Neither true nor false would not be taken.
        #expect(order.send("check", #"{"line":"1"}"#) == "a")
        #expect(order.context("note") == .text("seen"))
        #expect(order.send("check", #"{"line":"1"}"#).hasPrefix("refused"))
    }

    @Test func `begins with the first value that the file gives it`() throws {
        let order = try Rehearsal(Self.text)
        order.send("place", #"{"buyer":"ann","lines":[]}"#)
        #expect(order.context("grace") == .int(600_000))
        #expect(order.context("opens_at") == .int(2_082_758_400_000))
        #expect(order.context("channel") == .text("shop"))
        #expect(order.context("fee") == .int(-50))
        order.send("wait")
        #expect(order.wait(.minutes(9)) == "b")
        #expect(order.wait(.minutes(1)) == "c")
    }

    @Test func `takes what the command gives in place of its first value`() throws {
        let order = try Rehearsal(Self.text)
        order.send("place", #"{"buyer":"ann","grace":"1m","lines":[]}"#)
        #expect(order.context("grace") == .int(60_000))
    }

    @Test func `of an element begins alike, whether the element came with the order or later`() throws {
        let order = try Rehearsal(Self.text)
        order.send("place", #"{"buyer":"ann","lines":[{"line":"1","qty":2}]}"#)
        order.send("add", #"{"line":"2"}"#)
        let rest: [Value] = [.bool(false), .text("east")]
        #expect(
            order.context("lines")
                == .list([.record([.text("1"), .int(2)] + rest), .record([.text("2"), .int(0)] + rest)]))
    }

    @Test func `is the same after a fold of the events, which hold nothing of first values`() throws {
        let workflow = try WorkflowFile.load(Self.text)
        let placing = Command(order: "o-1", name: "place", data: Array(#"{"buyer":"ann","lines":[]}"#.utf8))
        let order = Order(id: "o-1", workflow: workflow, placedAt: Moment(milliseconds: 0))
        let verdict = try workflow.decide(placing, on: order, at: Moment(milliseconds: 0), asking: EndlessStock())
        guard case .accepted(let decision) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(decision.outcome.changes == [])
        var folded = order
        let isApplied = folded.apply(EventBody(of: placing, decided: decision, under: workflow), under: workflow)
        #expect(isApplied)
        #expect(folded.context == decision.order.context)
        #expect(folded.context[workflow.context.slot("grace") ?? 0] == .int(600_000))
    }

    @Test func `of a text without commands begins empty, as in earlier releases`() throws {
        let order = try Rehearsal(
            """
            id: t
            version: 1
            context: {note: text, gift: bool, tries: count, channel: text = 'shop'}
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """)
        #expect(order.send("begin") == "a")
        #expect(
            ["note", "gift", "tries", "channel"].map { order.context($0) } == [.null, .null, .int(0), .text("shop")])
    }

    @Test(arguments: rows) func `has a first value of its type, written out`(row: FindingRow) {
        #expect(row.findings == row.expected)
    }

    private static func row(_ name: String, data: String = "buyer: text", context: String, _ expected: String)
        -> FindingRow
    {
        FindingRow(
            name,
            """
            id: t
            version: 1
            commands: {place: {data: {\(data)}}, go: {}}
            context: {\(context)}
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """, expected)
    }

    static let rows: [FindingRow] = [
        row(
            "a duration without one", context: "grace: duration",
            "4:11: error: context.grace: 'grace' has no value when an order is placed"),
        row(
            "a time without one", context: "opens_at: time",
            "4:11: error: context.opens_at: 'opens_at' has no value when an order is placed"),
        row(
            "a duration without a unit", context: "grace: duration = 30",
            "4:18: error: context.grace: the first value: 30 has no unit"),
        row(
            "a count below zero", context: "tries: count = -1",
            "4:18: error: context.tries: the first value: -1 is below zero"),
        row(
            "a text for a count", context: "tries: count = 'x'",
            "4:18: error: context.tries: the first value: found a text, expected a count"),
        row(
            "something to work out", context: "tries: count = 1 + 1",
            "4:18: error: context.tries: the first value '1 + 1' is not written out"),
        row(
            "a time without a zone", context: "opens_at: time = 2036-01-01",
            "4:21: error: context.opens_at: the first value: '2036-01-01' names no time zone; write for example "
                + "2026-11-21T10:00:00Z"),
        row(
            "one in the data of a command", data: "tries: count = 1", context: "tries: count",
            "3:34: error: commands.place.data.tries: a first value in the data of a command"),
        row(
            "one in a list of such data", data: "lines: {list: {qty: count = 1}, max: 9}",
            context: "lines: {list: {qty: count}, max: 9}",
            "3:47: error: commands.place.data.lines.list.qty: a first value in the data of a command"),
        row(
            "data that may be empty for a field that may not", data: "grace: optional duration",
            context: "grace: duration",
            "3:27: error: commands.place.data.grace: 'grace' is optional here, but not in the context (line 4)"),
        row(
            "data that may be empty for a field with one", data: "grace: optional duration",
            context: "grace: duration = 1h", ""),
    ]
}
