import Testing
import WorkflowFile

@Suite struct `A file with a wrong shape` {
    @Test(arguments: rows) func `is told line and column`(row: FindingRow) {
        #expect(row.findings == row.expected)
    }

    static let rows: [FindingRow] = [
        FindingRow(
            "lacks id and version",
            """
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            1:1: error: the workflow has no `id:`
            1:1: error: the workflow has no `version:`
            """),
        FindingRow(
            "has an unknown key",
            """
            id: t
            version: 1
            contexts: {}
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:1: error: contexts: unknown key 'contexts'
            """),
        FindingRow(
            "has a misspelled guard",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: {gaurd: 1 = 1, target: b}}}
              b: {type: final}
            """,
            """
            5:17: error: states.a.on.go.gaurd: unknown key 'gaurd'
            """),
        FindingRow(
            "uses words of other dialects",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: {cond: 1 = 1, target: b}}, onEntry: []}
              b: {type: final}
            """,
            """
            5:17: error: states.a.on.go.cond: unknown key 'cond'
            5:43: error: states.a.onEntry: unknown key 'onEntry'
            """),
        FindingRow(
            "spawns, calls and tells without saying what",
            """
            id: t
            version: 1
            children: {parcel: {max: 5}}
            initial: a
            states:
              a: {entry: [{spawn: {child: parcel}}, {call: {topic: t}}, {tell: {}}], on: {go: b}}
              b: {type: final}
            """,
            """
            6:23: error: states.a.entry[0].spawn: `spawn:` without `id:`
            6:48: error: states.a.entry[1].call: `call:` without `ok:`
            6:68: error: states.a.entry[2].tell: `tell:` without `to:`
            """),
        FindingRow(
            "has a version in octal",
            """
            id: t
            version: 0o17
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            2:10: error: version: found '0o17', expected the version: a whole number, from 1
            """),
        FindingRow(
            "has an id with spaces",
            """
            id: my order
            version: 1
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            1:5: error: id: found 'my order', expected the id of a workflow
            """),
        FindingRow(
            "has an unknown type",
            """
            id: t
            version: 1
            context: {total: cent, at: date, n: optional number}
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:18: error: context.total: unknown type 'cent'
            3:28: error: context.at: unknown type 'date'
            3:37: error: context.n: unknown type 'optional number'
            """),
        FindingRow(
            "has an unbounded list",
            """
            id: t
            version: 1
            context: {lines: {key: line, of: {qty: count}}}
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:18: error: context.lines: a list without a bound
            """),
        FindingRow(
            "has lists that are too long together",
            """
            id: t
            version: 1
            context:
              lines: {key: line, of: {qty: count}, max: 10000}
              more: {list: {n: count}, max: 1}
            initial: a
            states: {a: {on: {go: b}}, b: {type: final}}
            """,
            """
            4:3: error: context: lists of up to 10001 elements together, more than 10000
            """),
        FindingRow(
            "has a bound of 1e3",
            """
            id: t
            version: 1
            context: {lines: {key: line, of: {qty: count}, max: 1e3}}
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:53: error: context.lines.max: found '1e3', expected the bound of a list: a whole number, 1 to \
            10000
            """),
        FindingRow(
            "has a list inside a list",
            """
            id: t
            version: 1
            context: {lines: {list: {parts: {list: {n: count}, max: 2}}, max: 2}}
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:33: error: context.lines.list.parts: a list inside the elements of a list
            """),
        FindingRow(
            "declares the key twice",
            """
            id: t
            version: 1
            context: {lines: {key: line, of: {line: text, qty: count}, max: 9}}
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:24: error: context.lines.key: the key 'line' is declared again under `of:`
            """),
        FindingRow(
            "has a field that expressions cannot name",
            """
            id: t
            version: 1
            context: {event: optional text, case: optional text, a-b: optional text}
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:11: error: context.event: 'event' has a meaning in expressions and cannot be the name of a \
            field
            3:33: error: context.case: 'case' has a meaning in expressions and cannot be the name of a field
            3:54: error: context.a-b: found 'a-b', expected the name of a field
            """),
        FindingRow(
            "has a compound state without initial",
            """
            id: t
            version: 1
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            1:1: error: a state with children and without `initial:`
            """),
        FindingRow(
            "has initial in a parallel state",
            """
            id: t
            version: 1
            type: parallel
            initial: a
            states:
              a: {on: {go: {actions: [{raise: went}]}, went: {actions: [{raise: go}]}}}
            """,
            """
            4:10: error: initial: `initial:` in a parallel state, which enters all its children
            """),
        FindingRow(
            "leaves a final state",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final, on: {back: a}}
            """,
            """
            6:24: error: states.b.on: `on:` in a final state, which nothing leaves
            """),
        FindingRow(
            "has an unknown kind of state",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: history}
            """,
            """
            6:13: error: states.b.type: unknown type 'history' of a state
            """),
        FindingRow(
            "has an empty transition",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: , stay: {guard: 1 = 1}, leave: b}}
              b: {type: final}
            """,
            """
            5:16: error: states.a.on.go: found nothing, expected a target
            5:24: error: states.a.on.stay: a transition without target and actions does nothing
            """),
        FindingRow(
            "has a message without topic",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {entry: [{send: {tag: x}}], on: {go: b}}
              b: {type: final}
            """,
            """
            5:22: error: states.a.entry[0].send: a message without a topic
            """),
        FindingRow(
            "has two verbs in one action",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {entry: [{raise: x, send: {topic: t}}], on: {go: b, x: b}}
              b: {type: final}
            """,
            """
            5:26: error: states.a.entry[0].send: a second verb in one action
            """),
        FindingRow(
            "has an unknown verb",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {entry: [{sned: {topic: t}}, log, {when: 1 = 1}], on: {go: b}}
              b: {type: final}
            """,
            """
            5:16: error: states.a.entry[0].sned: unknown key 'sned'
            5:35: error: states.a.entry[1]: found 'log', expected an action
            5:40: error: states.a.entry[2]: an action without a verb
            """),
        FindingRow(
            "reserves without a quantity",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {entry: [{reserve: {sku: "'x'"}}, {release: {qty: 1}}], on: {go: b}}
              b: {type: final}
            """,
            """
            5:25: error: states.a.entry[0].reserve: `reserve:` without `qty:`
            5:50: error: states.a.entry[1].release: `release:` without `sku:`
            """),
        FindingRow(
            "has a timeout without a time",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {after: {due: {target: b}, soon: {in: 1h, at: now, target: b}, later: b}}
              b: {type: final}
            """,
            """
            5:15: error: states.a.after.due: the timeout 'due' needs `in:` or `at:`, and not both
            5:33: error: states.a.after.soon: the timeout 'soon' needs `in:` or `at:`, and not both
            5:76: error: states.a.after.later: found 'b', expected when the timeout 'later' is due
            """),
        FindingRow(
            "has an expression that is a list",
            """
            id: t
            version: 1
            status: [a]
            invariants: ['']
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:9: error: status: found a list, expected an expression
            4:14: error: invariants[0]: found nothing, expected an expression
            """),
        FindingRow(
            "has yes where true is meant",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {initial: c, on: {go: {target: c, internal: yes}, out: b}, states: {c: {}}}
              b: {type: final}
            """,
            """
            5:50: error: states.a.on.go.internal: found 'yes', expected true or false
            """),
        FindingRow(
            "has when twice",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {entry: [{reserve: {sku: "'x'", qty: 1, when: 1 = 1}, when: 2 = 2}], on: {go: b}}
              b: {type: final}
            """,
            """
            5:52: error: states.a.entry[0].reserve.when: a second `when:` for one action
            """),
    ]
}
