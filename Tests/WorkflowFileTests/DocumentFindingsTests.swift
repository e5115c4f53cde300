import Testing
import WorkflowFile

@Suite struct `A file that is hard to read` {
    @Test(arguments: rows) func `is told line and column`(row: FindingRow) {
        #expect(row.findings == row.expected)
    }

    @Test func `is refused with a zero character in a text`() throws {
        let text = #"""
            id: t
            version: 1
            commands: {go: {}}
            initial: a
            states:
              a: {on: {go: b}, entry: [{send: {topic: news, properties: {note: "'a\0b'"}}}]}
              b: {type: final}
            """#
        let (workflow, findings) = WorkflowFile.check(text)
        #expect(workflow == nil)
        #expect(findings.contains { $0.line == 6 && $0.message.contains("U+0000") })
    }

    static let rows: [FindingRow] = [
        FindingRow(
            "is empty",
            "",
            """
            1:1: error: the file is empty
            """),
        FindingRow(
            "is only a comment",
            """
            # nothing
            """,
            """
            1:1: error: the file is empty
            """),
        FindingRow(
            "is a list",
            """
            - id: t
            """,
            """
            1:1: error: found a list, expected a workflow
            """),
        FindingRow(
            "has an anchor",
            """
            id: t
            version: 1
            initial: &first a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:10: error: an anchor: anchors, aliases and merge keys are not allowed
            """),
        FindingRow(
            "has an alias without its anchor",
            """
            id: t
            version: 1
            initial: *first
            """,
            """
            3:10: error: an alias: anchors, aliases and merge keys are not allowed
            """),
        FindingRow(
            "has a merge key",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {<<: {on: {go: b}}}
              b: {type: final}
            """,
            """
            5:7: error: states.a: a merge key (<<): anchors, aliases and merge keys are not allowed
            """),
        FindingRow(
            "has a custom tag",
            """
            id: t
            version: 1
            initial: a
            states: !states
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            4:9: error: states: a tag (!states): tags are not allowed
            """),
        FindingRow(
            "has a tag on a text",
            """
            id: t
            version: 1
            initial: !!str a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:10: error: initial: a tag (tag:yaml.org,2002:str): tags are not allowed
            """),
        FindingRow(
            "has a tag on a quoted text",
            """
            id: t
            version: 1
            initial: !secret 'a'
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:10: error: initial: a tag (!secret): tags are not allowed
            """),
        FindingRow(
            "has a duplicate key in a block",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
              a:
                on: {go: b}
            """,
            """
            7:3: error: states.a: the key 'a' occurs again; the first is on line 5
            """),
        FindingRow(
            "has a duplicate key in a flow",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: b, 'stop': b, go: a, stop: b}}
              b: {type: final}
            """,
            """
            5:30: error: states.a.on.go: the key 'go' occurs again; the first is on line 5
            5:37: error: states.a.on.stop: the key 'stop' occurs again; the first is on line 5
            """),
        FindingRow(
            "has a duplicate key three times",
            """
            id: t
            version: 1
            initial: a
            initial: b
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            4:1: error: initial: the key 'initial' occurs again; the first is on line 3
            5:1: error: initial: the key 'initial' occurs again; the first is on line 3
            """),
        FindingRow(
            "has two documents",
            """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            ---
            id: u
            """,
            """
            7:1: error: a second document: a file holds one workflow
            """),
        FindingRow(
            "has a directive",
            """
            %YAML 1.2
            ---
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            1:1: error: a line that starts with %: directives are not allowed
            """),
        FindingRow(
            "is indented by a tab",
            """
            id: t
            version: 1
            initial: a
            states:
            \ta: {on: {go: b}}
            """,
            """
            5:1: error: a tab where YAML allows only spaces
            """),
        FindingRow(
            "has a colon in a plain text",
            """
            id: t
            version: 1
            derive:
              n: SUM(l IN lines: l.qty)
            """,
            """
            4:20: error: not readable as YAML or JSON: mapping values are not allowed in this context
            """),
        FindingRow(
            "has an open quote",
            """
            id: t
            version: 1
            initial: 'a
            """,
            """
            3:10: error: a quote that is not closed
            """),
        FindingRow(
            "has an open bracket",
            """
            id: t
            version: 1
            invariants: [1 = 1
            """,
            """
            4:1: error: not readable as YAML or JSON: did not find expected ',' or ']' of the bracket in \
            line 3, column 13
            """),
        FindingRow(
            "has a wrong indentation",
            """
            id: t
            version: 1
            initial: a
              states:
                a: {}
            """,
            """
            4:9: error: not readable as YAML or JSON: mapping values are not allowed in this context
            """),
        FindingRow(
            "has a key that is a list",
            """
            id: t
            version: 1
            ? [a, b]
            : c
            initial: a
            states:
              a: {on: {go: b}}
              b: {type: final}
            """,
            """
            3:3: error: a key that is a list or a mapping
            """),
        FindingRow(
            "has a control character",
            """
            id: t
            version: 1
            initial: a\u{7}
            """,
            """
            3:11: error: a character that no text file has (control characters are not allowed)
            """),
    ]
}
