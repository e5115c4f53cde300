import Testing
import WaybillCore

/// How far up a transition leaves, and what it enters again.
@Suite struct `A transition` {
    private let nested = """
        initial: a
        states:
          a:
            \(voice("a").replacing(", exit", with: "\n    exit"))
            initial: x
            on:
              again: a
              inside: {target: .y, internal: true}
              outside: {target: .y}
              note: {actions: \(say("note"))}
              deep: {target: a.z.q, internal: true}
            states:
              x: {\(voice("x")), on: {self: x, up: a, over: b, far: b.m.n}}
              y: {\(voice("y"))}
              z: {initial: p, \(voice("z")), states: {p: {\(voice("p"))}, q: {\(voice("q"))}}}
          b:
            initial: k
            \(voice("b").replacing(", exit", with: "\n    exit"))
            states:
              k: {\(voice("k"))}
              m: {initial: l, \(voice("m")), states: {l: {\(voice("l"))}, n: {\(voice("n"))}}}
        """

    @Test func `to its own state leaves and enters it`() throws {
        let chart = try Chart(nested)
        #expect(chart.said == ["in-a", "in-x"])
        try chart.send("self")
        #expect(chart.said == ["out-x", "in-x"])
        try chart.send("again")
        #expect(chart.said == ["out-x", "out-a", "in-a", "in-x"])
    }

    @Test func `to a child leaves its state, unless it is internal`() throws {
        let external = try Chart(nested)
        try external.send("outside")
        #expect(external.said == ["out-x", "out-a", "in-a", "in-y"])
        let inner = try Chart(nested)
        try inner.send("inside")
        #expect(inner.said == ["out-x", "in-y"])
        try inner.send("deep")
        #expect(inner.said == ["out-y", "in-z", "in-q"])
        #expect(inner.leaves == ["a.z.q"])
    }

    @Test func `to a state above leaves that state as well and starts it again`() throws {
        let chart = try Chart(nested)
        try chart.send("up")
        #expect(chart.said == ["out-x", "out-a", "in-a", "in-x"])
    }

    @Test func `without a target leaves nothing`() throws {
        let chart = try Chart(nested)
        try chart.send("note")
        #expect(chart.said == ["note"])
        #expect(chart.leaves == ["a.x"])
    }

    @Test func `leaves inner states first and enters outer states first`() throws {
        let chart = try Chart(nested)
        try chart.send("far")
        // What lies between is entered, its default is not.
        #expect(chart.said == ["out-x", "out-a", "in-b", "in-m", "in-n"])
        #expect(chart.leaves == ["b.m.n"])
    }

    @Test func `from one region into another leaves and enters the parallel state around both`() throws {
        let chart = try Chart(
            """
            initial: p
            states:
              p:
                type: parallel
                entry: \(say("in-p"))
                exit: \(say("out-p"))
                states:
                  left: {initial: a, states: {a: {\(voice("a")), on: {jump: p.right.d}}}}
                  right: {initial: c, states: {c: {\(voice("c"))}, d: {\(voice("d"))}}}
                  third: {initial: e, states: {e: {\(voice("e")), on: {move: f}}, f: {\(voice("f"))}}}
            """)
        try chart.send("move")
        try chart.send("jump")
        #expect(chart.said == ["out-f", "out-c", "out-a", "out-p", "in-p", "in-a", "in-d", "in-e"])
        #expect(chart.leaves == ["p.left.a", "p.right.d", "p.third.e"])
    }

    @Test func `between regions of a parallel root leaves all of them, but not the root`() throws {
        let chart = try Chart(
            """
            type: parallel
            entry: \(say("in-root"))
            exit: \(say("out-root"))
            states:
              left: {initial: a, states: {a: {on: {jump: right.d}}}}
              right: {initial: c, \(voice("right")), states: {c: {}, d: {}}}
              third: {initial: e, \(voice("third")), states: {e: {on: {move: f}}, f: {}}}
            """)
        try chart.send("move")
        try chart.send("jump")
        #expect(chart.said == ["out-third", "out-right", "in-right", "in-third"])
        #expect(chart.leaves == ["left.a", "right.d", "third.e"])
    }

    @Test func `inside one region leaves the others alone`() throws {
        let chart = try Chart(
            """
            type: parallel
            states:
              left:
                initial: a
                states:
                  a: {on: {go: left.b.n}}
                  b: {initial: m, states: {m: {}, n: {on: {back: left.a}}}}
              right: {initial: c, states: {c: {\(voice("c")), on: {move: d}}, d: {\(voice("d"))}}}
            """)
        try chart.send("move")
        try chart.send("go")
        #expect(chart.said == [])
        #expect(chart.leaves == ["left.b.n", "right.d"])
        try chart.send("back")
        #expect(chart.leaves == ["left.a", "right.d"])
    }

    @Test func `sees while it acts neither the states that it left nor those that it will enter`() throws {
        let chart = try Chart(
            """
            initial: a
            states:
              a:
                exit: [{send: {topic: log, tag: leaving-a, }, when: IN_STATE('a')}]
                on:
                  go:
                    target: b
                    actions:
                      - {send: {topic: log, tag: in-none}, when: NOT IN_STATE('a') AND NOT IN_STATE('b')}
              b: {entry: [{send: {topic: log, tag: entering-b}, when: IN_STATE('b')}]}
            """)
        try chart.send("go")
        #expect(chart.said == ["leaving-a", "in-none", "entering-b"])
    }
}

/// What is entered by default.
@Suite struct `The initial states` {
    @Test func `are entered down to the leaves, the outer ones first`() throws {
        let chart = try Chart(
            """
            entry: \(say("in-root"))
            initial: a
            states:
              a:
                initial: p
                entry: \(say("in-a"))
                states:
                  p:
                    type: parallel
                    entry: \(say("in-p"))
                    states:
                      l: {initial: b, \(voice("l")), states: {z: {}, b: {\(voice("b"))}}}
                      r: {\(voice("r"))}
            """)
        #expect(chart.said == ["in-root", "in-a", "in-p", "in-l", "in-b", "in-r"])
        #expect(chart.leaves == ["a.p.l.b", "a.p.r"])
    }

    @Test func `follow eventless transitions and raised events before the order is placed`() throws {
        let chart = try Chart(
            """
            initial: a
            states:
              a: {entry: [{raise: hop}], always: b}
              b: {on: {hop: c}}
              c: {on: {back: a}}
            """)
        #expect(chart.leaves == ["c"])
        #expect(chart.order.version == 1)
    }
}
