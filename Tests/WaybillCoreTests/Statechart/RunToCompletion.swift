import Testing
import WaybillCore

/// Eventless transitions, raised events, and their order.
@Suite struct `One step` {
    @Test func `takes eventless transitions before raised events`() throws {
        let chart = try Chart(
            """
            initial: a
            states:
              a: {on: {go: {target: b, actions: [{raise: ping}]}}}
              b: {always: {target: c, actions: \(say("always"))}, on: {ping: {target: d, actions: \(say("too-early"))}}}
              c: {on: {ping: {target: d, actions: \(say("ping"))}}}
              d: {on: {back: a}}
            """)
        try chart.send("go")
        #expect(chart.said == ["always", "ping"])
        #expect(chart.leaves == ["d"])
    }

    @Test func `handles raised events first come, first served`() throws {
        let chart = try Chart(
            """
            initial: a
            on:
              one: {actions: [{send: {topic: log, tag: one}}, {raise: three}]}
              two: {actions: \(say("two"))}
              three: {actions: \(say("three"))}
            states:
              a: {on: {go: {actions: [{raise: one}, {raise: two}]}}}
            """)
        try chart.send("go")
        #expect(chart.said == ["one", "two", "three"])
    }

    @Test func `forgets raised events that nobody handles`() throws {
        let chart = try Chart(
            """
            initial: a
            states:
              a: {on: {go: {target: b, actions: [{raise: nobody}, {raise: hop}]}}}
              b: {on: {hop: c}}
              c: {on: {nobody: a}}
            """)
        try chart.send("go")
        #expect(chart.leaves == ["c"])
        try chart.send("nobody")
        #expect(chart.leaves == ["a"])
    }

    @Test func `runs in document order: exits, transitions, entries`() throws {
        let chart = try Chart(
            """
            context: {n: count}
            initial: a
            states:
              a: {exit: [{assign: {n: '+ 1'}}], on: {go: {target: b, actions: [{assign: {n: n * 10}}]}}}
              b: {entry: [{assign: {n: '+ 5'}}], always: {guard: n = 15, target: c}}
              c: {on: {back: a}}
            """)
        try chart.send("go")
        #expect(chart["n"] == .int(15))
        #expect(chart.leaves == ["c"])
    }

    @Test func `follows a chain of eventless transitions to its end`() throws {
        let chart = try Chart(
            """
            context: {n: count}
            initial: a
            states:
              a: {on: {go: b}}
              b: {always: {guard: n < 100, target: b, actions: [{assign: {n: '+ 1'}}]}, on: {back: a}}
            """)
        try chart.send("go")
        #expect(chart["n"] == .int(100))
    }

    @Test func `brings data with a raised event`() throws {
        let chart = try Chart(
            """
            commands:
              start: {}
              go: {data: {n: count, who: text}}
            context: {n: count, who: optional text}
            initial: a
            states:
              a:
                on:
                  go:
                    actions:
                      - {raise: told, data: {n: event.n + 1, who: event.who}}
                      - {raise: told, data: {n: n, who: "'later'"}}
                  told:
                    - guard: event.n > n
                      actions: [{assign: {n: event.n, who: event.who}}]
                    - actions: \(say("not-more"))
            """)
        try chart.send("go", #"{"n": 4, "who": "ann"}"#)
        #expect(chart["n"] == .int(5))
        #expect(chart["who"] == .text("ann"), "data is taken when the event is raised, not when it is handled")
        #expect(chart.said == ["not-more"])
    }

    @Test func `that never ends is refused, and nothing of it remains`() throws {
        for chart in [
            "a: {on: {go: b}}, b: {always: {target: c}}, c: {always: {target: b}}",
            "a: {on: {go: {target: b, actions: [{raise: hop}]}}}, b: {on: {hop: {actions: [{raise: hop}]}}}",
        ] {
            let endless = try Chart("initial: a\nstates: {\(chart)}")
            let before = endless.order
            let limit = InterpreterLimits.microstepsMax
            #expect(refusal { try endless.send("go") } == .limit("microsteps that follow from one command", max: limit))
            #expect(endless.order == before)
        }
    }

    @Test func `may raise only so many events, send so many messages and make so many changes`() throws {
        let chart = """
            commands: {start: {data: {rows: {list: {n: count}, max: 10000}}}, raise_all: {}, send_all: {}, set_all: {}}
            context: {n: count, rows: {list: {n: count}, max: 10000}}
            initial: a
            states:
              a:
                on:
                  raise_all: {actions: [{forEach: {in: rows, as: r}, do: [{raise: x}]}]}
                  send_all: {actions: [{forEach: {in: rows, as: r}, do: [{send: {topic: log}}]}]}
                  set_all: {actions: [{forEach: {in: rows, as: r}, do: [{assign: {n: r.n}}]}]}
                  x: {actions: [{assign: {n: 1}}]}
            """
        let rows = Array(repeating: #"{"n":1}"#, count: 5_000).joined(separator: ",")
        let many = try Chart(chart, placing: #"{"rows":[\#(rows)]}"#)
        for (event, limit) in [
            ("raise_all" as EventName, InterpreterLimits.raisedMax), ("send_all", InterpreterLimits.messagesMax),
            ("set_all", InterpreterLimits.changesMax),
        ] {
            guard case .limit(_, let max) = refusal(of: { try many.send(event) }) else {
                Issue.record("\(event) was not refused")
                continue
            }
            #expect(max == limit)
        }
    }

    @Test func `gives the same order and the same event for the same input`() throws {
        let text = """
            context: {n: count}
            type: parallel
            states:
              left: {initial: a, states: {a: {on: {go: b}}, b: {after: {x: {in: 1m, target: a}}, on: {go: a}}}}
              right: {initial: c, states: {c: {always: {guard: n > 2, target: d}}, d: {on: {go: c}}}}
            on: {go: {actions: [{assign: {n: '+ 1'}}]}, add: {actions: [{assign: {n: '+ 1'}}]}}
            """
        let runs = try (0..<3).map { _ in
            let chart = try Chart(text)
            for event in ["go", "add", "go", "add", "add", "go"] as [EventName] { try chart.send(event) }
            try chart.pass(.minutes(2))
            return chart.order
        }
        #expect(Set(runs).count == 1)
    }
}
