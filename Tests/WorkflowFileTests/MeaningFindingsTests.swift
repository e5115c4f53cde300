import Testing
import WorkflowFile

@Suite struct `A file whose names and types do not fit` {
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
            "assigns a text to cents",
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
                on: {go: {target: b, actions: [{assign: {paid: event.note}}]}}
              b: {type: final}
            """,
            """
            13:52: error: states.a.on.go.actions[0].assign.paid: found a text, expected cents
            """),
        FindingRow(
            "assigns to what is no place",
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
                on: {go: {target: b, actions: [{assign: {event.n: 1, lines: event.n, \
            'lines[event.line].line': event.note, 'lines[event.line].qyt': 1}}]}}
              b: {type: final}
            """,
            """
            13:46: error: states.a.on.go.actions[0].assign.event.n: 'event.n' cannot be assigned to
            13:58: error: states.a.on.go.actions[0].assign.lines: 'lines' is a keyed collection and is not \
            assigned as a whole
            13:74: error: states.a.on.go.actions[0].assign.lines[event.line].line: the key of an element \
            cannot be changed
            13:131: error: states.a.on.go.actions[0].assign.lines[event.line].qyt: unknown field 'qyt', \
            there are line, qty, done
            """),
        FindingRow(
            "adds to a text",
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
                on: {go: {target: b, actions: [{assign: {buyer: + event.n}}, {assign: {paid: '+ buyer'}}]}}
              b: {type: final}
            """,
            """
            13:53: error: states.a.on.go.actions[0].assign.buyer: found '+ x', but 'buyer' is a text
            13:85: error: states.a.on.go.actions[1].assign.paid: found a text, expected cents
            """),
        FindingRow(
            "puts into what is no collection",
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
                on: {go: {target: b, actions: [{put: {line: {line: event.line}}}, {put: {lines: {qty: 1, \
            dun: 1}}}]}}
              b: {type: final}
            """,
            """
            13:43: error: states.a.on.go.actions[0].put.line: 'line' is no keyed collection of the context
            13:78: error: states.a.on.go.actions[1].put.lines: an element of lines without its key 'line'
            13:94: error: states.a.on.go.actions[1].put.lines.dun: the elements of lines have no field 'dun'
            """),
        FindingRow(
            "loops over a number",
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
                on: {go: {target: b, actions: [{forEach: {in: paid, as: p}, do: []}, {forEach: {in: lines, \
            as: buyer}, do: []}]}}
              b: {type: final}
            """,
            """
            13:51: error: states.a.on.go.actions[0].forEach.in: found cents, expected a collection
            13:89: error: states.a.on.go.actions[1].forEach.in: 'buyer' already means something else here
            """),
        FindingRow(
            "reserves what is no line",
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
                on: {go: {target: b, actions: [{reserve: {each: paid, sku: sku, qty: qty}}, {reserve: \
            {each: lines, sku: qty, qty: line}}, {reserve: {sku: line, qty: paid}}]}}
              b: {type: final}
            """,
            """
            13:53: error: states.a.on.go.actions[0].reserve.each: found cents, expected a collection
            13:110: error: states.a.on.go.actions[1].reserve.sku: found a count, expected a text
            13:144: error: states.a.on.go.actions[2].reserve.sku: unknown name 'line'
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
            "stops an unknown timeout",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {after: {pay_due: {in: 1h, target: b}}, on: {more: {actions: [{extend: {timeout: pay_deu, \
            by: 1h}}, {stop: {timeout: zzz}}]}}}
              b: {type: final}
            """,
            """
            5:87: error: states.a.on.more.actions[0].extend.timeout: unknown timeout 'pay_deu'
            5:123: error: states.a.on.more.actions[1].stop.timeout: unknown timeout 'zzz'
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
              shop: text
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
            "raises an event with other data",
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
                on: {x: c, go: {actions: [{raise: x, data: {n: event.n}}, {raise: x, data: {n: \
            event.note}}, {raise: x, data: {m: 1}}, {raise: go, data: {n: 1}}], target: b}}
              c: {on: {x: {guard: event.n > 1, target: b}}}
              b: {type: final}
            """,
            """
            13:84: error: states.a.on.go.actions[1].data.n: found a text, elsewhere 'n' of x is a count
            13:106: error: states.a.on.go.actions[2].raise: x is raised without 'n'
            13:116: error: states.a.on.go.actions[2].data.m: 'm' is no data of x elsewhere
            13:132: error: states.a.on.go.actions[3].raise: go is raised without 'line'
            13:132: error: states.a.on.go.actions[3].raise: go is raised without 'note'
            """),
        FindingRow(
            "raises data without commands",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {entry: [{raise: x, data: {n: 1}}], on: {x: b}}
              b: {type: final}
            """,
            """
            5:33: error: states.a.entry[0].data.n: event data in a workflow without `commands:`
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
        FindingRow(
            "costs too much",
            """
            id: t
            version: 1
            commands: {place: {}, go: {}}
            context: {lines: {key: line, max: 10000, of: {qty: count}}}
            invariants: ['EVERY(l IN lines: EVERY(m IN lines: l.qty = m.qty))']
            initial: a
            states: {a: {on: {go: {target: b, actions: [{forEach: {in: lines, as: l}, do: [{assign: \
            {'lines[l.line].qty': 'SUM(m IN lines: m.qty)'}}]}]}}}, b: {type: final}}
            """,
            """
            5:14: error: invariants[0]: costs up to 500020002 steps, more than 1000000
            7:46: error: states.a.on.go.actions[0].forEach: these actions cost up to 300080001 steps, more \
            than 10000000
            """),
    ]
}
