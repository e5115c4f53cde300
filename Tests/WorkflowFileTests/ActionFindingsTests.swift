import Testing
import WorkflowFile

@Suite struct `An action that does not fit` {
    @Test(arguments: rows) func `is told line and column`(row: FindingRow) {
        #expect(row.findings == row.expected)
    }

    static let rows: [FindingRow] = [
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
