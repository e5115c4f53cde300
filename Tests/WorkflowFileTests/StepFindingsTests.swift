import Testing
import WorkflowFile

@Suite struct `A chart is judged by what its steps can do` {
    @Test(arguments: rows) func `line and column`(row: FindingRow) {
        #expect(row.findings == row.expected)
    }

    /// Each row is a mended twin of a row above, or a text that was refused although it is sound.
    @Test(arguments: sound) func `and nothing is found in what is sound`(row: FindingRow) {
        #expect(row.findings == [])
    }

    @Test(arguments: ["{deep: o.m.m2, whole: o}", "{whole: o, deep: o.m.m2}"])
    func `the order of events in the file decides nothing`(on: String) {
        let row = FindingRow(
            "reaches a compound state in two ways",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: \(on)}
              o:
                initial: n
                on: {end: z}
                states:
                  n: {on: {go: m}}
                  m: {initial: m1, states: {m1: {on: {go: o.n}}, m2: {}}}
              z: {type: final}
            """, "")
        #expect(row.findings == [])
    }

    @Test(arguments: ["{one: p.r.r2, other: p.s.s2}", "{other: p.s.s2, one: p.r.r2}"])
    func `the other regions of a parallel state are entered too, whichever was reached first`(on: String) {
        let row = FindingRow(
            "reaches two regions one by one",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: \(on)}
              p:
                type: parallel
                on: {end: z}
                states:
                  r: {initial: r1, states: {r1: {on: {go: r2}}, r2: {}}}
                  s: {initial: s1, states: {s1: {on: {go: s2}}, s2: {}}}
              z: {type: final}
            """, "")
        #expect(row.findings == [])
    }

    static let rows: [FindingRow] = [
        FindingRow(
            "raises on leaving for the end of the order",
            chart("a: {on: {go: z}, exit: [{raise: more}]}"),
            """
            9:35: error: states.a.exit[0].raise: the order ends in 'z', and nothing hears 'more' any more
            """),
        FindingRow(
            "raises on leaving what is inside of what is left",
            chart("a: {initial: b, on: {go: z}, states: {b: {exit: [{raise: more}], on: {tick: c}}, c: {}}}"),
            """
            9:60: error: states.a.states.b.exit[0].raise: the order ends in 'z', and nothing hears 'more' any more
            """),
        FindingRow(
            "calls on leaving for the end of the order",
            chart("a: {on: {go: z}, exit: [{call: {topic: t, ok: ok, failed: no, expired: no, within: 1d}}]}"),
            """
            9:28: error: states.a.exit[0].call: the order ends in 'z', and nothing hears the answer to this \
            call, 'ok', any more
            """),
        FindingRow(
            "raises on entering a state that leads to the end by itself",
            chart("a: {on: {go: b}}\n  b: {entry: [{raise: more}], always: z}"),
            """
            10:23: error: states.b.entry[0].raise: the order ends in 'z', and nothing hears 'more' any more
            """),
        FindingRow(
            "raises on the way to a state that leads to the end by itself",
            chart(
                "a: {on: {go: {target: b, actions: [{raise: more}]}}}\n"
                    + "  b: {always: {target: z, actions: [{send: {topic: t}}]}}"
            ),
            """
            9:46: error: states.a.on.go.actions[0].raise: the order ends in 'z', and nothing hears 'more' any more
            """),
        FindingRow(
            "reserves with an answer two steps before the end",
            chart(
                "a: {on: {go: b}}\n  b: {entry: [{reserve: {sku: \"'s'\", qty: 1, else: {raise: more}}}], "
                    + "initial: c, states: {c: {always: d}, d: {always: {target: z}}}}"),
            """
            10:16: error: states.b.entry[0].reserve: the order ends in 'z', and nothing hears 'more' any more
            """),
        FindingRow(
            "calls when its last region ends",
            """
            id: t
            version: 1
            commands: {place: {}, go: {}, do: {}, ok: {}, no: {}}
            type: parallel
            on: {ok: {actions: [{send: {topic: t}}]}, no: {actions: [{send: {topic: t}}]}}
            states:
              r:
                initial: a
                states:
                  a: {on: {go: b}}
                  b: {type: final, entry: [{call: {topic: t, ok: ok, failed: no, expired: no, within: 1d}}]}
              s: {initial: c, states: {c: {on: {do: d}}, d: {type: final}}}
            """,
            """
            11:33: error: states.r.states.b.entry[0].call: the order can end in 'r.b', and nothing hears the answer to \
            this call, 'ok', any more
            """),
        FindingRow(
            "has an exit of the whole workflow, and of the end",
            chart("a: {on: {go: z}}", exit: "[{send: {topic: t}}]", root: "exit: [{send: {topic: t}}]"),
            """
            7:9: error: exit[0].send: `exit:` of a state that is never left
            10:28: error: states.z.exit[0].send: `exit:` of a state that is never left
            """),
        FindingRow(
            "has an exit of a region that is never left",
            """
            id: t
            version: 1
            type: parallel
            states:
              r: {initial: a, exit: [{send: {topic: t}}], states: {a: {on: {go: b}}, b: {on: {back: a}}}}
              s: {initial: c, states: {c: {on: {go: c}}}}
            """,
            """
            5:27: error: states.r.exit[0].send: `exit:` of a state that is never left
            """),
        FindingRow(
            "ends as it begins",
            """
            id: t
            version: 1
            initial: z
            states: {z: {type: final}}
            """,
            """
            3:10: error: initial: the order ends in the step that places it, and hears nothing
            """),
        FindingRow(
            "has regions that all end as they begin",
            """
            id: t
            version: 1
            type: parallel
            states:
              r: {initial: b, states: {b: {type: final}}}
              s: {initial: d, states: {d: {type: final}}}
            """,
            """
            1:1: error: the order ends in the step that places it, and hears nothing
            """),
        FindingRow(
            "hears an answer where nothing was asked yet",
            chart(
                "a: {on: {go: b, ok: z}}\n"
                    + "  b: {entry: [{call: {topic: t, ok: ok, failed: no, expired: no, within: 1d}}],"
                    + " on: {ok: z, no: z}}"
            ),
            """
            9:19: warning: states.a.on.ok: 'ok' is never heard here: no call that it answers can be open
            """),
        FindingRow(
            "lets a timeout extend itself",
            chart("a: {on: {go: z}, after: {late: {in: 1d, actions: [{extend: {timeout: late, by: 1d}}]}}}"),
            """
            9:72: error: states.a.after.late.actions[0].extend.timeout: 'late' cannot be pending here: it has fired
            """),
        FindingRow(
            "moves a timeout that is not there yet, not there any more, or elsewhere",
            chart(
                """
                a: {on: {go: b, do: {target: a, actions: [{reschedule: {timeout: late, at: now}}]}}, \
                after: {late: {in: 1d, target: z}}}
                  b: {entry: [{extend: {timeout: other, by: 1d}}, {extend: {timeout: late, by: 1d}}], \
                after: {other: {in: 1d, target: z}}}
                """),
            """
            9:68: error: states.a.on.do.actions[0].reschedule.timeout: 'late' cannot be pending here: 'a' was left \
            before
            10:34: error: states.b.entry[0].extend.timeout: 'other' cannot be pending here: a state arms its timeouts \
            after its `entry:`
            10:70: error: states.b.entry[1].extend.timeout: 'late' cannot be pending here: the order is not in 'a'
            """),
        FindingRow(
            "repeats itself from the way that a state inside it takes",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {always: b, on: {go: z}}
              b: {initial: c, always: a, states: {c: {}}}
              z: {type: final}
            """,
            """
            5:15: error: states.a.always: `always:` without a guard repeats itself for ever from here
            """),
    ]

    static let sound: [FindingRow] = [
        FindingRow(
            "raises on leaving for a state whose end is not the order's",
            chart(
                "a: {on: {go: over}, exit: [{raise: more}]}\n"
                    + "  over: {initial: x, states: {x: {type: final}}, on: {tick: z}}"
            ),
            ""),
        FindingRow(
            "raises, is heard, and ends then",
            chart(
                "a: {on: {go: b}}\n"
                    + "  b: {initial: c, onDone: z, states: {c: {type: final, entry: [{raise: more}]}}}"), ""),
        FindingRow(
            "raises before a way to the end that has a guard",
            chart(
                "a: {on: {go: b}}\n  b: {entry: [{raise: more}], always: {guard: now > 1, target: z}, on: {tick: a}}"),
            ""),
        FindingRow(
            "raises in the last region",
            """
            id: t
            version: 1
            type: parallel
            on: {more: {actions: [{send: {topic: t}}]}}
            states:
              r: {initial: a, states: {a: {on: {go: b}}, b: {type: final, entry: [{raise: more}]}}}
              s: {initial: c, states: {c: {on: {do: d}}, d: {type: final}}}
            """, ""),
        FindingRow(
            "has an exit that runs when the region is entered again",
            """
            id: t
            version: 1
            initial: p
            states:
              p:
                type: parallel
                on: {end: z}
                states:
                  r: {initial: a, exit: [{send: {topic: t}}], states: {a: {on: {go: b}}, b: {on: {back: a}}}}
                  s: {initial: c, states: {c: {on: {go: c}}}}
              z: {type: final, entry: [{send: {topic: t}}]}
            """, ""),
        FindingRow(
            "begins in a final state of a state inside",
            chart("a: {initial: b, on: {go: z}, states: {b: {type: final}}}"), ""),
        FindingRow(
            "hears an answer in the states that follow the call, and above them",
            chart(
                """
                a: {on: {go: b}}
                  b: {entry: [{call: {topic: t, ok: ok, failed: no, expired: no, within: 1d}}], on: {ok: c, no: a}}
                  c: {on: {ok: z, tick: z}}
                """), ""),
        FindingRow(
            "extends a timeout that is pending",
            chart(
                "a: {on: {go: z, do: {actions: [{extend: {timeout: late, by: 1d}}]}}, "
                    + "after: {late: {in: 1d, target: z}}}"
            ),
            ""),
        FindingRow(
            "counts to its end by an `always:` that comes first",
            """
            id: t
            version: 1
            context: {n: count}
            initial: a
            states:
              a: {always: [{guard: n > 3, target: z}, {actions: [{assign: {n: + 1}}]}]}
              z: {type: final}
            """, ""),
        FindingRow(
            "goes round by an `always:` of which another leads out",
            """
            id: t
            version: 1
            context: {n: count}
            initial: a
            states:
              a: {always: b}
              b: {always: [{guard: n > 3, target: z}, {target: a, actions: [{assign: {n: + 1}}]}]}
              z: {type: final}
            """, ""),
        FindingRow(
            "goes round in a region while an earlier one counts",
            """
            id: t
            version: 1
            context: {n: count}
            initial: p
            states:
              p:
                type: parallel
                states:
                  r: {initial: a, states: {a: {always: {guard: n > 3, target: z}}}}
                  s: {initial: c, states: {c: {always: {actions: [{assign: {n: + 1}}]}}}}
              z: {type: final}
            """, ""),
    ]

    /// A workflow whose states are `states` and the final state `z`; its root hears every event but `go`.
    private static func chart(_ states: String, exit: String = "[]", root: String = "exit: []") -> String {
        let heard = ["more", "do", "tick", "ok", "no"].map { "\($0): {actions: [{send: {topic: t}}]}" }
        return """
            id: t
            version: 1
            commands: {place: {}, go: {}, do: {}, tick: {}, ok: {}, no: {}}
            initial: a
            on: {\(heard.joined(separator: ", "))}
            entry: [{raise: more}]
            \(root)
            states:
              \(states)
              z: {type: final, exit: \(exit)}
            """
    }
}
