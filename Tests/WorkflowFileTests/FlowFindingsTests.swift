import Testing
import WorkflowFile

@Suite struct `A chart with dead ends` {
    @Test(arguments: rows) func `is told line and column`(row: FindingRow) {
        #expect(row.findings == row.expected)
    }

    static let rows: [FindingRow] = [
        FindingRow(
            "has an unreachable state",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
              c: {initial: d, on: {go: b}, states: {d: {}}}
            """,
            """
            7:3: error: states.c: no transition leads to this state
            """),
        FindingRow(
            "has a state without a way out",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: b}}
              b:
            """,
            """
            6:3: error: states.b: nothing leads out of this state, and it is not final
            """),
        FindingRow(
            "has a region without a way out",
            """
            id: t
            version: 1
            type: parallel
            states:
              p: {initial: a, states: {a: {on: {go: b}}, b: {}}}
              q: {initial: c, states: {c: {on: {go: d}}, d: {type: final}}}
            """,
            """
            5:46: warning: states.p.states.b: nothing leads out of this state, and it is not final
            """),
        FindingRow(
            "has a region that is final from the start",
            """
            id: t
            version: 1
            type: parallel
            states:
              p: {initial: a, states: {a: {on: {go: b}}, b: {type: final}}}
              q: {type: final}
            """,
            """
            6:3: error: states.q: a region of a parallel state cannot be final
            """),
        FindingRow(
            "has a transition that is never taken",
            """
            id: t
            version: 1
            initial: a
            states:
              a:
                on:
                  go:
                    - {target: b}
                    - {guard: 1 = 1, target: a}
                always: [{guard: 1 = 2, target: b}, {target: b}, {target: a}]
              b: {type: final}
            """,
            """
            9:11: error: states.a.on.go[1]: never taken: the transition before it (line 8) has no guard
            10:54: error: states.a.always[2]: never taken: the transition before it (line 10) has no guard
            """),
        FindingRow(
            "has a command that nothing handles",
            """
            id: t
            version: 1
            commands: {place: {}, go: {}, stop: {}}
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """,
            """
            3:31: error: commands.stop: no state handles the command 'stop'
            """),
        FindingRow(
            "handles the placing command",
            """
            id: t
            version: 1
            commands: {place: {}, go: {}}
            initial: a
            states: {a: {on: {go: b, place: b}}, b: {type: final}}
            """,
            """
            5:26: error: states.a.on.place: 'place' is the first command: it places the order, and no state \
            handles it
            """),
        FindingRow(
            "handles what nothing sends",
            """
            id: t
            version: 1
            commands: {place: {}, cancel: {}}
            initial: a
            states: {a: {on: {cancel: b, cancle: b}}, b: {type: final}}
            """,
            """
            5:30: warning: states.a.on.cancle: nothing sends 'cancle'
            """),
        FindingRow(
            "raises what nothing handles",
            """
            id: t
            version: 1
            initial: a
            commands: {place: {}, go: {}}
            states: {a: {entry: [{raise: gone}], on: {go: b}}, b: {type: final}}
            """,
            """
            5:30: warning: states.a.entry[0].raise: no state handles the event 'gone'
            """),
        FindingRow(
            "waits for the end of what has none",
            """
            id: t
            version: 1
            initial: a
            onDone: b
            states:
              a: {initial: c, onDone: b, states: {c: {on: {go: c}}}}
              b: {type: final}
            """,
            """
            4:9: error: onDone: `onDone:` of the whole workflow: when it is done the order has ended
            6:27: error: states.a.onDone: `onDone:` of a state in which nothing ends
            """),
        FindingRow(
            "runs for ever",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {always: b}
              b: {initial: c, states: {c: {always: {target: a}}}}
            """,
            """
            5:15: error: states.a.always: `always:` without a guard repeats itself for ever from here
            """),
        FindingRow(
            "acts for ever",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {always: {actions: [{send: {topic: t}}]}, on: {go: b}}
              b: {type: final}
            """,
            """
            5:15: error: states.a.always: `always:` without a guard repeats itself for ever from here
            """),
        FindingRow(
            "asks something of an order that has ended",
            """
            id: t
            version: 1
            commands:
              place: {}
              go: {data: {amount_cents: cents}}
              paid: {data: {amount_cents: cents}}
              failed: {data: {amount_cents: cents, reason: text}}
            initial: a
            on:
              refund: {actions: [{send: {topic: t}}]}
              paid: {actions: [{send: {topic: t}}]}
              failed: {actions: [{send: {topic: t}}]}
            states:
              a:
                on:
                  go: {target: b, actions: [{raise: refund}]}
              b:
                type: final
                entry:
                  - raise: refund
                  - call: {topic: t, data: {amount_cents: 5}, ok: paid, failed: failed, expired: failed, within: 1d}
                  - reserve: {sku: "'s'", qty: 1, then: {raise: refund}, else: {raise: refund}}
            """,
            """
            16:41: error: states.a.on.go.actions[0].raise: the order ends in 'b', and nothing hears 'refund' any more
            20:16: error: states.b.entry[0].raise: the order ends in 'b', and nothing hears 'refund' any more
            21:9: error: states.b.entry[1].call: the order ends in 'b', and nothing hears the answer to this call, \
            'paid', any more
            22:9: error: states.b.entry[2].reserve: the order ends in 'b', and nothing hears 'refund' any more
            """),
        FindingRow(
            "ends a state of its own, and the order goes on hearing",
            """
            id: t
            version: 1
            commands: {place: {}, go: {}}
            initial: a
            on: {refund: {actions: [{send: {topic: t}}]}}
            states:
              a: {on: {go: {target: over, actions: [{raise: refund}]}}}
              over: {initial: b, states: {b: {type: final, entry: [{raise: refund}]}}}
            """,
            ""),
        FindingRow(
            "has no states",
            """
            id: t
            version: 1
            on: {go: {actions: [{send: {topic: t}}]}}
            """,
            """
            1:1: error: a workflow without states
            """),
    ]
}
