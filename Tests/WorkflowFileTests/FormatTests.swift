import Testing
import WaybillCore
import WorkflowFile

@Suite struct `The workflow format` {
    private func load(_ text: String) throws -> Workflow { try WorkflowFile.load("id: t\nversion: 1\n" + text) }

    private func target(_ workflow: Workflow, _ path: Text, _ event: EventName) throws -> String? {
        let state = try #require(workflow.state(path: path))
        let transition = try #require(workflow.states[state].transitions.first { $0.trigger == .event(event) })
        return transition.target.map { workflow.states[$0].path.string }
    }

    @Test func `finds a target among the siblings, then the children, then by its path`() throws {
        let workflow = try load(
            """
            initial: a
            states:
              a:
                initial: b
                on: {one: b, two: c, three: .b, four: b.d, five: a.c, six: a, seven: c.d}
                states:
                  b: {on: {back: c}}
                  c: {on: {out: b, down: d}, initial: d, states: {d: {}}}
              b: {initial: d, on: {home: a}, states: {d: {}}}
            """)
        #expect(try target(workflow, "a", "one") == "b")
        #expect(try target(workflow, "a", "two") == "a.c")
        #expect(try target(workflow, "a", "three") == "a.b")
        #expect(try target(workflow, "a", "four") == "b.d")
        #expect(try target(workflow, "a", "five") == "a.c")
        #expect(try target(workflow, "a", "six") == "a")
        #expect(try target(workflow, "a", "seven") == "a.c.d")
        #expect(try target(workflow, "a.b", "back") == "a.c")
        #expect(try target(workflow, "a.c", "out") == "a.b")
        #expect(try target(workflow, "a.c", "down") == "a.c.d")
    }

    @Test func `lists states and their descendants in document order`() throws {
        let workflow = try load(
            """
            type: parallel
            states:
              x: {initial: y, states: {y: {on: {go: z}}, z: {type: final}}, onDone: {actions: [{raise: rested}]}}
              u: {initial: v, states: {v: {on: {rested: w}}, w: {type: final}}}
            """)
        #expect(workflow.states.map(\.path.string) == ["", "x", "x.y", "x.z", "u", "u.v", "u.w"])
        #expect(workflow.states.map(\.last) == [6, 3, 2, 3, 6, 5, 6])
        #expect(workflow.states[0].kind == .parallel)
        #expect(workflow.states[1].kind == .compound(initial: 2))
        #expect(workflow.states[3].kind == .final)
        #expect(workflow.states[1].transitions.map(\.trigger) == [.done])
    }

    @Test func `names a timeout after its state and length unless it has a name`() throws {
        let workflow = try load(
            """
            initial: a
            after: {90d: a.b}
            states:
              a:
                initial: b
                after: {1h30m: {guard: 1 = 1, target: c, internal: true}}
                states:
                  b: {after: {short: {in: 30s, transitions: [{guard: 1 = 2, target: c}, {target: b}]}}}
                  c: {after: {late: {at: order.placed_at + 1d, target: b}}}
            """)
        #expect(
            workflow.timeouts.map(\.name.description) == ["after.90d", "a.after.1h30m", "short", "late"])
        #expect(workflow.timeouts.map(\.state) == [0, 1, 2, 3])
        #expect(workflow.states[1].transitions[0].isInternal)
        #expect(workflow.states[2].transitions.map(\.guardText) == ["1 = 2", nil])
        if case .within(let length) = workflow.timeouts[1].due {
            #expect(length == .literal(.int(5_400_000)))
        } else {
            Issue.record("1h30m is no length")
        }
    }

    @Test func `reads declared types, keys and roles`() throws {
        let workflow = try load(
            """
            commands:
              place: {by: [shop, buyer], data: {who: text, case: optional text, lines: {list: {n: text}, max: 3}}}
              go: {key: token, data: {token: text, on: bool, owed: signed cents, until: time}}
              stop:
            context:
              who: text
              lines: {key: n, max: 3, of: {qty: count, note: optional text}}
              wait: optional duration
            attributes: [who, wait]
            initial: a
            states: {a: {on: {go: b, stop: b}}, b: {type: final}}
            """)
        let place = try #require(workflow.creation)
        #expect(place.roles == ["shop", "buyer"])
        #expect(place.data.fields.map(\.isOptional) == [false, true, false])
        let go = try #require(workflow.command("go"))
        #expect(go.key == 0)
        #expect(go.data.fields.map(\.type) == [.text, .bool, .number(.signedCents), .number(.time)])
        #expect(workflow.command("stop")?.data.fields.isEmpty == true)
        let element = RecordType([
            .init(name: "n", type: .text, isOptional: false),
            .init(name: "qty", type: .number(.count), isOptional: false),
            .init(name: "note", type: .text, isOptional: true),
        ])
        #expect(workflow.context.fields[1].type == .list(of: element, countMax: 3, keyed: true))
        #expect(workflow.attributes == [0, 2])
    }

    @Test func `accepts any event without data where no commands are declared`() throws {
        let workflow = try load("initial: a\nstates: {a: {on: {anything: b}}, b: {on: {else: a}}}\n")
        #expect(workflow.commands.isEmpty)
        #expect(workflow.creation == nil)
    }

    @Test func `reads JSON as it reads YAML`() throws {
        let yaml = """
            id: t
            version: 1
            initial: a
            states:
              a: {on: {go: {guard: 1 < 2, target: b}}, after: {15m: b}}
              b: {type: final}
            """
        let json = """
            {"id":"t","version":1,"initial":"a",
            \t"states":{"a":{"on":{"go":{"guard":"1 < 2","target":"b"}},"after":{"15m":"b"}},
            \t\t"b":{"type":"final"}}}
            """
        let (one, other) = (try WorkflowFile.load(yaml), try WorkflowFile.load(json))
        #expect(drawDOT(one) == drawDOT(other))
        #expect(one.hash != other.hash)
        let wrong = WorkflowFile.check(json.replacing("\"target\":\"b\"", with: "\"target\":\"c\"")).findings
        #expect(
            wrong.map(\.description).first?.hasPrefix("2:54: error: states.a.on.go.target: unknown target 'c'") == true)
    }

    @Test func `goes by the hash of the text`() throws {
        #expect(
            WorkflowFile.hash(of: Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let text = "id: t\nversion: 1\ninitial: a\nstates: {a: {on: {go: b}}, b: {type: final}}\n"
        #expect(try WorkflowFile.load(text).hash == WorkflowFile.hash(of: Array(text.utf8)))
    }

    @Test func `keeps a stored workflow running that would not be accepted today`() throws {
        let text = "id: t\nversion: 1\ninitial: a\nstates: {a: {on: {go: b}}, b: {type: final}, c: {on: {go: b}}}\n"
        let error = #expect(throws: WorkflowFileError.self) { try WorkflowFile.load(text, name: "t.yaml") }
        #expect(
            error?.description == """
                t.yaml:4:46: error: states.c: no transition leads to this state \
                (fix: make it a target or an `initial:`, or remove it)
                """)
        #expect(try WorkflowFile.load(stored: text).states.count == 4)
        #expect(throws: WorkflowFileError.self) { try WorkflowFile.load(stored: "id: t\n") }
    }

    @Test func `says how to fix what it finds`() {
        let rows = [
            ("initail: a", "did you mean 'initial'?"), ("context: {n: cuont}", "did you mean 'count'?"),
            ("attributes: [n]", "attributes are names of context fields"),
            ("initial: a\nstates: {abc: {on: {go: abd}}, a: {}}", "did you mean 'abc'?"),
        ]
        for (text, hint) in rows {
            let findings = WorkflowFile.check("id: t\nversion: 1\n" + text).findings
            #expect(findings.contains { $0.hint?.hasPrefix(hint) == true }, "\(text)")
        }
    }
}
