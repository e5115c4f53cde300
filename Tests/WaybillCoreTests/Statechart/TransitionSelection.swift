import Testing
import WaybillCore

/// Which transition of a state, and of which state, an event takes.
@Suite struct `An event` {
    @Test func `takes the first transition in document order whose guard is true`() throws {
        let chart = try Chart(
            """
            context: {n: count}
            initial: a
            states:
              a:
                on:
                  count: {actions: [{assign: {n: '+ 1'}}]}
                  go:
                    - {guard: n > 1, target: c}
                    - {guard: n > 0, target: b}
                    - {target: d}
              b: {on: {back: a}}
              c: {}
              d: {on: {back: a}}
            """)
        try chart.send("go")
        #expect(chart.leaves == ["d"])
        try chart.send("back")
        try chart.send("count")
        try chart.send("go")
        #expect(chart.leaves == ["b"])
        try chart.send("back")
        try chart.send("count")
        try chart.send("go")
        #expect(chart.leaves == ["c"])
    }

    @Test func `is handled by the innermost state that can`() throws {
        let chart = try Chart(
            """
            context: {open: bool}
            initial: a
            states:
              a:
                initial: x
                on: {go: {actions: \(say("outer"))}, both: {actions: \(say("outer"))}}
                states:
                  x:
                    on:
                      go: {actions: \(say("inner"))}
                      both: {guard: open, actions: \(say("inner"))}
            """)
        try chart.send("go")
        #expect(chart.said == ["inner"])
        try chart.send("both")
        #expect(chart.said == ["outer"], "a guard that is NULL is not true, so the state above is asked")
    }

    @Test func `that no active state handles is refused and says what it would need`() throws {
        let chart = try Chart(
            """
            context: {n: count}
            initial: a
            states:
              a: {on: {go: {guard: n = 7, target: b}}}
              b: {on: {back: a}}
            """)
        let before = chart.order
        #expect(refusal { try chart.send("back") } == .notPossible("back", status: "a", states: ["a"], guards: []))
        #expect(
            refusal { try chart.send("go") }
                == .notPossible(
                    "go", status: "a", states: ["a"],
                    guards: [.init("n = 7", parts: [.init(text: "n = 7", finding: "0 = 7 is false")])]))
        #expect(chart.order == before)
    }

    @Test func `is taken by every region that handles it, in one step`() throws {
        let chart = try Chart(
            """
            type: parallel
            states:
              left:
                initial: a
                states:
                  a: {\(voice("a")), on: {go: {target: b, actions: \(say("a-b"))}}}
                  b: {\(voice("b"))}
              right:
                initial: c
                states:
                  c: {\(voice("c")), on: {go: {target: d, actions: \(say("c-d"))}}}
                  d: {\(voice("d"))}
              quiet: {initial: e, states: {e: {\(voice("e"))}}}
            """)
        #expect(chart.said == ["in-a", "in-c", "in-e"])
        try chart.send("go")
        // All exits, the later states first; then all actions; then all entries, the earlier states first.
        #expect(chart.said == ["out-c", "out-a", "a-b", "c-d", "in-b", "in-d"])
        #expect(chart.leaves == ["left.b", "right.d", "quiet.e"])
    }

    @Test func `that two regions leave to a state above them is taken there once`() throws {
        let chart = try Chart(
            """
            type: parallel
            on: {ping: {actions: \(say("pong"))}}
            states:
              left: {initial: a, states: {a: {}}}
              right: {initial: b, states: {b: {}}}
            """)
        try chart.send("ping")
        #expect(chart.said == ["pong"])
    }

    @Test func `is judged by the states as they were before the step`() throws {
        // Each region asks where the other one is: both guards are true, because neither has moved yet.
        let chart = try Chart(
            """
            type: parallel
            states:
              left:
                initial: a
                states:
                  a: {on: {swap: {guard: IN_STATE('right.c'), target: b}}}
                  b: {on: {swap: {guard: IN_STATE('right.d'), target: a}}}
              right:
                initial: c
                states:
                  c: {on: {swap: {guard: IN_STATE('left.a'), target: d}}}
                  d: {on: {swap: {guard: IN_STATE('left.b'), target: c}}}
            """)
        try chart.send("swap")
        #expect(chart.leaves == ["left.b", "right.d"])
        try chart.send("swap")
        #expect(chart.leaves == ["left.a", "right.c"])
    }
}

/// Transitions of different regions that would leave a common state.
@Suite struct `Conflicting transitions` {
    private let chart = """
        initial: p
        states:
          p:
            type: parallel
            on: {up: out, quit: out}
            states:
              left:
                initial: a
                states:
                  a: {on: {leave: out, move: b, note: {actions: \(say("noted"))}, quit: b}}
                  b: {}
              right:
                initial: c
                states:
                  c: {on: {leave: d, move: out, note: out, up: d}}
                  d: {}
          out: {on: {back: p}}
        """

    @Test func `are settled by document order: the earlier one wins`() throws {
        let first = try Chart(chart)
        try first.send("leave")
        #expect(first.leaves == ["out"])
        let second = try Chart(chart)
        try second.send("move")
        #expect(second.leaves == ["p.left.b", "p.right.c"])
    }

    @Test func `are settled for the inner one against one of a state above it`() throws {
        // left has no transition for `up`, so the parallel state's is chosen for it; right's own is below that state.
        let later = try Chart(chart)
        try later.send("up")
        #expect(later.leaves == ["p.left.a", "p.right.d"])
        let earlier = try Chart(chart)
        try earlier.send("quit")
        #expect(earlier.leaves == ["p.left.b", "p.right.c"])
    }

    @Test func `are none when one of them leaves no state`() throws {
        let both = try Chart(chart)
        try both.send("note")
        #expect(both.said == ["noted"])
        #expect(both.leaves == ["out"])
    }

    @Test func `below different regions of one region do not stop each other`() throws {
        let deep = try Chart(
            """
            type: parallel
            states:
              one:
                type: parallel
                states:
                  x: {initial: a, states: {a: {on: {go: b}}, b: {}}}
                  y: {initial: c, states: {c: {on: {go: d}}, d: {}}}
              two: {initial: e, states: {e: {on: {go: f}}, f: {}}}
            """)
        try deep.send("go")
        #expect(deep.leaves == ["one.x.b", "one.y.d", "two.f"])
    }
}
