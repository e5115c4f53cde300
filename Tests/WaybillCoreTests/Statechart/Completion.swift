import Testing
import WaybillCore
import WorkflowFile

/// Final states and what they tell the states above them.
@Suite struct `A final state` {
    @Test func `tells its parent, after its own entry`() throws {
        let chart = try Chart(
            """
            initial: a
            states:
              a:
                initial: x
                on: {early: {actions: \(say("early"))}}
                onDone: {target: b, actions: \(say("done"))}
                states:
                  x: {on: {go: end}}
                  end: {type: final, entry: [{send: {topic: log, tag: in-end}}, {raise: early}]}
              b: {on: {back: a}}
            """)
        try chart.send("go")
        #expect(chart.said == ["in-end", "early", "done"], "what the entry raised waits before the news of the end")
        #expect(chart.leaves == ["b"])
    }

    @Test func `tells nobody above its parent`() throws {
        let chart = try Chart(
            """
            initial: a
            states:
              a:
                initial: m
                onDone: b
                states:
                  m: {initial: x, states: {x: {on: {go: end}}, end: {type: final}}}
                  last: {type: final}
                on: {finish: {target: .last, internal: true}}
              b: {on: {back: a}}
            """)
        try chart.send("go")
        #expect(chart.leaves == ["a.m.end"])
        try chart.send("finish")
        #expect(chart.leaves == ["b"])
    }

    @Test func `of each region ends a parallel state, and of one alone does not`() throws {
        let chart = try Chart(
            """
            initial: p
            states:
              p:
                type: parallel
                onDone: {target: out, actions: \(say("all"))}
                states:
                  left:
                    initial: a
                    onDone: {actions: \(say("left"))}
                    states: {a: {on: {l: end}}, end: {type: final}}
                  right:
                    initial: b
                    onDone: {actions: \(say("right"))}
                    states: {b: {on: {r: end, both: end}}, end: {type: final}}
              out: {on: {back: p}}
            """)
        try chart.send("r")
        #expect(chart.said == ["right"])
        #expect(chart.leaves == ["p.left.a", "p.right.end"])
        try chart.send("l")
        #expect(chart.said == ["left", "all"], "the region's end is told before the parallel state's")
        #expect(chart.leaves == ["out"])
    }

    @Test func `reached by all regions in one step ends the parallel state once`() throws {
        let chart = try Chart(
            """
            context: {ends: count}
            initial: p
            states:
              p:
                type: parallel
                onDone: {actions: [{assign: {ends: '+ 1'}}]}
                states:
                  left: {initial: a, states: {a: {on: {go: end}}, end: {type: final}}}
                  right: {initial: b, states: {b: {on: {go: end}}, end: {type: final}}}
              q: {on: {back: p}}
            """)
        try chart.send("go")
        #expect(chart["ends"] == .int(1))
    }

    @Test func `ends parallel states inside parallel states from the inside out`() throws {
        let chart = try Chart(
            """
            initial: p
            states:
              p:
                type: parallel
                onDone: {target: out, actions: \(say("outer"))}
                states:
                  inner:
                    type: parallel
                    onDone: {actions: \(say("inner"))}
                    states:
                      l: {initial: a, states: {a: {on: {l: end}}, end: {type: final}}}
                      r: {initial: b, states: {b: {on: {r: end}}, end: {type: final}}}
                  other: {initial: c, states: {c: {on: {o: end}}, end: {type: final}}}
              out: {on: {back: p}}
            """)
        try chart.send("o")
        try chart.send("l")
        #expect(chart.said == [])
        try chart.send("r")
        #expect(chart.said == ["inner", "outer"])
        #expect(chart.leaves == ["out"])
    }

    @Test func `below the root ends the order: nothing that was raised or waits happens any more`() throws {
        let chart = try Chart(
            """
            after: {forever: {in: 1d, target: late}}
            on: {note: {actions: \(say("noted"))}}
            initial: a
            states:
              a: {on: {go: {target: end, actions: [{raise: note}]}}}
              end: {type: final, entry: \(say("over"))}
              late: {}
            """)
        try chart.send("note")
        #expect(chart.pending == ["forever"])
        try chart.send("go")
        #expect(chart.said == ["over"])
        #expect(chart.pending == [])
        #expect(chart.workflow.isFinished(chart.order.configuration))
        let ended = chart.order
        let refused = refusal { try chart.send("note") }
        #expect(refused == .notPossible("note", status: "end", states: ["end"], guards: []))
        #expect(chart.order == ended)
    }

    @Test func `of every region ends an order whose root is parallel`() throws {
        let chart = try Chart(
            """
            type: parallel
            states:
              left:
                initial: a
                on: {note: {actions: \(say("noted"))}}
                states: {a: {on: {l: end}}, end: {type: final}}
              right: {initial: b, states: {b: {on: {r: end}}, end: {type: final}}}
            """)
        try chart.send("l")
        #expect(!chart.workflow.isFinished(chart.order.configuration))
        try chart.send("note")
        #expect(chart.said == ["noted"])
        try chart.send("r")
        #expect(chart.workflow.isFinished(chart.order.configuration))
        #expect(refusal { try chart.send("note") } != nil)
    }

    @Test func `of the last region of a parallel root is told before the order ends`() throws {
        let chart = try Chart(
            """
            type: parallel
            on: {note: {actions: \(say("noted"))}}
            states:
              left:
                initial: a
                onDone: {actions: [{send: {topic: log, tag: left}}, {raise: note}]}
                states: {a: {on: {l: end}}, end: {type: final, entry: [{raise: note}]}}
              right:
                initial: b
                onDone: {actions: \(say("right"))}
                states: {b: {on: {r: end}}, end: {type: final}}
            """)
        try chart.send("r")
        #expect(chart.said == ["right"])
        try chart.send("l")
        #expect(chart.said == ["noted", "left", "noted"])
        #expect(chart.workflow.isFinished(chart.order.configuration))
        #expect(refusal { try chart.send("note") } != nil)
    }

    @Test func `of the last region may begin it again, and then the order goes on`() throws {
        let chart = try Chart(
            """
            type: parallel
            context: {rounds: count}
            states:
              left:
                initial: a
                onDone: {guard: rounds < 2, target: left.a, internal: true, actions: [{assign: {rounds: + 1}}]}
                states: {a: {on: {l: end}}, end: {type: final}}
              right: {initial: b, states: {b: {on: {r: end}}, end: {type: final}}}
            """)
        try chart.send("r")
        try chart.send("l")
        #expect(chart.leaves == ["left.a", "right.end"])
        try chart.send("l")
        try chart.send("l")
        #expect(chart["rounds"] == .int(2))
        #expect(chart.workflow.isFinished(chart.order.configuration))
    }

    @Test func `of the last region of a parallel root told nothing by the rules of the first releases`() throws {
        let workflow = try WorkflowFile.load(
            stored: """
                id: chart
                version: 1
                type: parallel
                states:
                  left:
                    initial: a
                    onDone: {actions: \(say("left"))}
                    states: {a: {on: {l: end}}, end: {type: final}}
                """)
        let now = Moment(milliseconds: 0)
        let placing = try workflow.decide(
            Command(order: "o-1", name: "start"), on: Order(id: "o-1", workflow: workflow, placedAt: now), at: now,
            asking: EndlessStock())
        guard case .accepted(let placed) = placing else { return #expect(Bool(false), "not placed") }
        func said(by rules: Semantics) throws -> Int? {
            let verdict = try workflow.decide(
                Command(order: "o-1", name: "l"), on: placed.order, at: now, asking: EndlessStock(), by: rules)
            guard case .accepted(let decision) = verdict else { return nil }
            #expect(workflow.isFinished(decision.order.configuration))
            return decision.outcome.messages.count
        }
        #expect(try said(by: .first) == 0)
        #expect(try said(by: .current) == 1)
    }
}
