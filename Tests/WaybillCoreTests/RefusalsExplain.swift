import Testing
import WaybillCore

/// What a refusal says of a guard or an invariant: which part of it is not true, and what it read.
@Suite struct `A refusal explains` {
    private static let shop = """
        commands:
          place: {data: {limit: count, lines: {list: {line: text, qty: count}, max: 9}}}
          add: {data: {qty: count}}
          ship: {data: {line: text, qty: count}}
          both: {data: {qty: count}}
          either: {data: {qty: count}}
          note: {data: {word: optional text}}
          rest: {}
          derived: {}
          late: {}
        context:
          limit: count
          due: optional time
          is_open: optional bool
          lines: {key: line, max: 9, of: {qty: count, shipped: count}}
        derive:
          units: 'SUM(l IN lines: l.qty)'
          is_done: 'COUNT(lines) > 0 AND EVERY(l IN lines: l.shipped = l.qty)'
        invariants: ['EVERY(l IN lines: l.shipped <= l.qty)']
        initial: open
        states:
          open:
            on:
              add: {guard: 'SUM(l IN lines: l.qty) + event.qty <= limit', target: closed}
              ship:
                guard: lines[event.line].qty > 0
                actions: [{assign: {'lines[event.line].shipped': '+ event.qty'}}]
              both: {guard: event.qty > 0 AND units + event.qty <= limit AND NOT IN_STATE('closed'), target: closed}
              either: {guard: event.qty = 7 OR units > limit * 2, target: closed}
              note: {guard: event.word STARTSWITH 'x', target: closed}
              rest: {guard: is_done, target: closed}
              derived: {guard: 'NOT ANY(l IN lines: l.qty = 2)', target: closed}
              late: {guard: due IS NOT NULL AND now > due + 10m, target: closed}
          closed: {}
        """

    private func chart() throws -> Chart {
        let chart = try Chart(waiting: Self.shop)
        try chart.send("place", #"{"limit":4,"lines":[{"line":"1","qty":1},{"line":"2","qty":2}]}"#)
        return chart
    }

    private func parts(_ event: EventName, _ data: String = "{}") throws -> [Refusal.Condition.Part] {
        let chart = try chart()
        switch refusal(of: { try chart.send(event, data) }) {
        case .notPossible(_, _, _, let guards)?: return guards.flatMap(\.parts)
        case .invariantBroken(let rule)?: return rule.parts
        case let other: throw Unexpected(refusal: other)
        }
    }

    private struct Unexpected: Error { let refusal: Refusal? }

    private func found(_ event: EventName, _ data: String = "{}") throws -> [String] {
        try parts(event, data).map { "\($0.text) | \($0.finding)" }
    }

    @Test func `a guard by the values of its operands`() throws {
        let part = try #require(try parts("add", #"{"qty":2}"#).first)
        #expect(part.text == "SUM(l IN lines: l.qty) + event.qty <= limit")
        #expect(part.finding == "3 + 2 <= 4 is false")
        #expect(part.field == "qty")
        let chart = try chart()
        let refused = try #require(refusal { try chart.send("add", #"{"qty":2}"#) })
        #expect(
            refused.message == "add is not possible now: the order is \"open\" in open; it needs "
                + "SUM(l IN lines: l.qty) + event.qty <= limit (3 + 2 <= 4 is false)")
    }

    @Test func `which half of an AND has failed`() throws {
        #expect(try found("both", #"{"qty":2}"#) == ["units + event.qty <= limit | 3 + 2 <= 4 is false"])
        #expect(
            try found("both", #"{"qty":0}"#) == ["event.qty > 0 | 0 > 0 is false"],
            "the other half is true and is not told")
    }

    @Test func `both halves of an OR`() throws {
        #expect(
            try found("either", #"{"qty":1}"#)
                == ["event.qty = 7 | 1 = 7 is false", "units > limit * 2 | 3 > 4 * 2 is false"])
    }

    @Test func `an element that is not there, with those that are`() throws {
        #expect(
            try found("ship", #"{"line":"9","qty":1}"#)
                == ["lines[event.line].qty > 0 | there is no line 9; there are 1, 2"])
    }

    @Test func `nothing longer of the keys of elements than tells them apart`() throws {
        let long = String(repeating: "k", count: 4_000)
        let chart = try Chart(waiting: Self.shop)
        try chart.send("place", #"{"limit":4,"lines":[{"line":"\#(long)","qty":1}]}"#)
        let refused = try #require(refusal { try chart.send("ship", #"{"line":"\#(long)x","qty":1}"#) })
        #expect(refused.message.contains("there is no line kkk") && refused.message.count < 500)
        let rest = try #require(refusal { try chart.send("rest") })
        #expect(rest.message.contains("of the line kkk") && rest.message.count < 500)
    }

    @Test func `a value that is empty`() throws {
        #expect(try found("note") == ["event.word STARTSWITH 'x' | event.word has no value"])
        #expect(
            try found("note", #"{"word":"it's"}"#) == ["event.word STARTSWITH 'x' | 'it''s' STARTSWITH 'x' is false"])
        #expect(try found("late") == ["due IS NOT NULL | due has no value", "now > due + 10m | due has no value"])
    }

    @Test func `the element that decides for all`() throws {
        #expect(
            try found("rest") == [
                "EVERY(l IN lines: l.shipped = l.qty) | of the line 1: 0 = 1 is false"
            ], "what stands behind a derived name is told")
        #expect(
            try found("derived") == ["NOT ANY(l IN lines: l.qty = 2) | of the line 2: 2 = 2 is true"])
        #expect(
            try found("ship", #"{"line":"2","qty":3}"#)
                == ["EVERY(l IN lines: l.shipped <= l.qty) | of the line 2: 3 <= 2 is false"], "an invariant")
    }

    @Test func `no more than fits into a sentence`() throws {
        let chart = try chart()
        let long = String(repeating: "y", count: 5_000)
        let refused = try #require(refusal { try chart.send("note", #"{"word":"\#(long)"}"#) })
        #expect(refused.message.utf8.count < 400, "\(refused.message.utf8.count)")
    }

    @Test func `in the words of the workflow, where it has some`() throws {
        let chart = try Chart(
            """
            context: {n: count}
            invariants: [{rule: n < 3, because: Three is one too many}]
            initial: a
            states:
              a:
                on:
                  go: {guard: n = 7, because: It needs seven, target: b}
                  more: {actions: [{assign: {n: '+ 3'}}]}
              b: {on: {back: a}}
            """)
        let go = try #require(refusal { try chart.send("go") })
        #expect(
            go.message
                == "go is not possible now: the order is \"a\" in a; It needs seven (n = 7: 0 = 7 is false)")
        let more = try #require(refusal { try chart.send("more") })
        #expect(more.message == "it would break the rule: Three is one too many (n < 3: 3 < 3 is false)")
        #expect(
            more.values["conditions"]
                == .list([
                    [
                        "text": "n < 3", "because": "Three is one too many",
                        "parts": .list([["text": "n < 3", "finding": "3 < 3 is false"]]),
                    ]
                ]))
    }

    @Test func `what is wrong, also where no command is to blame`() {
        let wrong = Refusal.badData("", path: "lines[z]", problem: "there is no line z; there are none")
        #expect(wrong.message == "the command is wrong at lines[z]: there is no line z; there are none")
    }

    @Test func `which command was meant`() throws {
        let chart = try chart()
        let refused = try #require(refusal { try chart.send("shp") })
        #expect(refused == .unknownCommand("shp", workflow: "chart", meant: "ship"))
        #expect(refused.message == "the workflow chart has no command shp; did you mean ship?")
        #expect(refusal { try chart.send("fly_away") } == .unknownCommand("fly_away", workflow: "chart"))
    }
}
