import Testing
import WorkflowFile

@Suite struct `An expression that is wrong` {
    @Test(arguments: rows) func `is told line and column`(row: FindingRow) {
        #expect(row.findings == row.expected)
    }

    static let rows: [FindingRow] = [
        FindingRow(
            "has a guard with an unknown name",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            initial: a
            states:
              a:
                on: {go: {guard: pait > 0, target: b}}
              b: {type: final}
            """,
            """
            13:22: error: states.a.on.go.guard: unknown name 'pait'
            """),
        FindingRow(
            "has a guard that is no condition",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            initial: a
            states:
              a:
                on: {go: {guard: paid, target: b}}
              b: {type: final}
            """,
            """
            13:22: error: states.a.on.go.guard: found cents, expected a condition
            """),
        FindingRow(
            "has a guard that does not parse",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            initial: a
            states:
              a:
                on: {go: {guard: 'paid >', target: b}}
              b: {type: final}
            """,
            """
            13:29: error: states.a.on.go.guard: found the end, expected a value
            """),
        FindingRow(
            "compares cents with a count",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            initial: a
            states:
              a:
                on: {go: {guard: paid > event.n, target: b}}
              b: {type: final}
            """,
            """
            13:29: error: states.a.on.go.guard: cents cannot be compared with a count
            """),
        FindingRow(
            "uses event data outside of its event",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            initial: a
            states:
              a:
                entry: [{send: {topic: t, key: event.note}}]
                on: {go: b}
              b: {type: final}
            """,
            """
            13:36: error: states.a.entry[0].send.key: 'event.note' is used where there is no event data
            """),
        FindingRow(
            "has a problem in a folded text",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            status: >-
              CASE WHEN paid > 0 THEN 'paid'
                   WHEN payd > 1 THEN 'over'
                   ELSE 'open' END
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """,
            """
            12:13: error: status: unknown name 'payd'
            """),
        FindingRow(
            "has a problem in a literal text",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            invariants:
              - |
                paid >= 0
                  AND buyer > 7
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """,
            """
            13:19: error: invariants[0]: a text cannot be compared with a number
            """),
        FindingRow(
            "has a problem in a quoted text",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            derive:
              x: '''it''''s'' || ü'
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """,
            """
            11:22: error: derive.x: found 'ü', which has no meaning outside a text
            """),
        FindingRow(
            "has a problem in a double-quoted text",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            derive: {"x": "'\\u00fc\\"' || zz"}
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """,
            """
            10:30: error: derive.x: unknown name 'zz'
            """),
        FindingRow(
            "has a problem in a plain text of two lines",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            derive:
              x: paid +
                 zz
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """,
            """
            12:6: error: derive.x: unknown name 'zz'
            """),
        FindingRow(
            "derives in a circle",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: text, lines: {list: {line: text, qty: count}, max: 9}}}
              go: {data: {line: text, note: text, n: count}}
            context:
              buyer: text
              paid: cents
              lines: {key: line, max: 9, of: {qty: count, done: count}}
            derive: {x: y + paid, y: x + paid, buyer: paid}
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """,
            """
            10:13: error: derive.x: unknown name 'y'
            10:26: error: derive.y: unknown name 'x'
            10:36: error: derive.buyer: 'buyer' is a field of the context already
            """),
    ]
}
