import Testing
import WorkflowFile

@Suite struct `A file whose names and times do not fit` {
    @Test(arguments: rows) func `is told line and column`(row: FindingRow) {
        #expect(row.findings == row.expected)
    }

    static let rows: [FindingRow] = [
        FindingRow(
            "has a missing target",
            """
            id: t
            version: 1
            initial: a
            states:
              abc: {on: {go: b}}
              a: {on: {go: abd, stop: zzz, out: b}}
              b: {type: final}
            """,
            """
            6:16: error: states.a.on.go: unknown target 'abd'
            6:27: error: states.a.on.stop: unknown target 'zzz'
            """),
        FindingRow(
            "has a missing initial",
            """
            id: t
            version: 1
            initial: c
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:10: error: initial: 'c' is no child of this state
            """),
        FindingRow(
            "has a timeout of nothing",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {after: {0s: b, x: {in: '-5m', target: b}, 30: b, y: {in: 30, target: b}}}
              b: {type: final}
            """,
            """
            5:15: error: states.a.after.0s: a timeout of '0s' is due at once
            5:30: error: states.a.after.x.in: a timeout of '-5m' is due at once
            5:49: error: states.a.after.30: '30' is no duration
            5:64: error: states.a.after.y.in: '30' is no duration
            """),
        FindingRow(
            "has a timeout that is no duration",
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
              a: {on: {go: b}, after: {x: {in: paid, target: b}, y: {at: 3d, target: b}}}
              b: {type: final}
            """,
            """
            12:36: error: states.a.after.x.in: found cents, expected a duration
            12:62: error: states.a.after.y.at: found a duration, expected a time
            """),
        FindingRow(
            "has two timeouts of one name",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {after: {x: {in: 1h, target: b}}}
              b: {after: {x: {in: 2h, target: c}}}
              c: {type: final}
            """,
            """
            6:15: error: states.b.after.x: a second timeout 'x'; the first is in line 5
            """),
        FindingRow(
            "has an attribute that is none",
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
            attributes: [buyr, lines, 7]
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """,
            """
            10:14: error: attributes[0]: 'buyr' is no field of the context
            10:20: error: attributes[1]: 'lines' is a collection: lists are filtered by texts, numbers and \
            bools only
            10:27: error: attributes[2]: '7' is no field of the context
            """),
        FindingRow(
            "places what the context does not hold",
            """
            id: t
            version: 1
            commands:
              place: {data: {buyer: count, lines: {list: {qty: count}, max: 9}, more: {list: {n: text}, \
            max: 99}, note: optional text}}
              go: {}
            context:
              buyer: text
              shop: duration
              note: text
              lines: {key: line, max: 9, of: {qty: count}}
              more: {list: {n: text}, max: 9}
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """,
            """
            4:18: error: commands.place.data.buyer: 'buyer' is a count here, but a text in the context \
            (line 7)
            4:32: error: commands.place.data.lines: elements without 'line', which is their key in the \
            context (line 10)
            4:69: error: commands.place.data.more: up to 99 elements, but 9 in the context (line 11)
            4:103: error: commands.place.data.note: 'note' is optional here, but not in the context (line 9)
            8:3: error: context.shop: 'shop' has no value when an order is placed
            """),
        FindingRow(
            "has a natural key that is none",
            """
            id: t
            version: 1
            commands:
              place: {}
              go: {key: n, data: {n: count}}
              stop: {key: m}
            initial: a
            states: {a: {on: {go: b, stop: b}}, b: {type: final}}
            """,
            """
            5:13: error: commands.go.key: 'n' is no text in the data of go
            6:15: error: commands.stop.key: 'm' is no text in the data of stop
            """),
        FindingRow(
            "has an internal transition that leaves",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: {target: b, internal: true}}}
              b: {type: final}
            """,
            """
            5:16: error: states.a.on.go: `internal: true` without a target inside this state
            """),
    ]
}
