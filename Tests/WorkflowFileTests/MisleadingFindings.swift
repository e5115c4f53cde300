import Testing
import WaybillCore
import WorkflowFile

/// Slips whose message once sent its reader the wrong way: what is found now, and what is advised.
@Suite struct `A slip of the pen` {
    struct Slip: CustomTestStringConvertible, Sendable {
        let name: String
        /// What is replaced in the sound text, and by what.
        let old: String
        let new: String
        /// All that is found, without its place.
        let found: [String]
        let hint: String?

        var testDescription: String { name }
    }

    private static let sound = """
        id: t
        version: 1
        commands:
          place: {data: {buyer: text, total_cents: cents, wait: optional duration}}
          pay: {data: {amount_cents: cents}}
          drop: {}
        context:
          buyer: text
          total_cents: cents
          wait: optional duration
          paid_cents: cents
        invariants: [paid_cents <= 10000]
        initial: open
        entry: [{reserve: {sku: "'mug'", qty: 1}}]
        states:
          open:
            after: {due: {in: wait, target: done}}
            on:
              pay: {guard: event.amount_cents = total_cents, target: done}
              drop: {target: done, actions: [{release: held}]}
          done: {type: final}
        """

    @Test func `is none in the sound text`() { #expect(WorkflowFile.check(Self.sound).findings == []) }

    @Test(arguments: slips) func `is named, with the way out`(slip: Slip) throws {
        #expect(Self.sound.contains(slip.old))
        let findings = WorkflowFile.check(Self.sound.replacingOnce(slip.old, slip.new)).findings
        #expect(findings.map(\.message) == slip.found)
        let hint = findings.first?.hint ?? ""
        #expect(slip.hint.map { hint.contains($0) } ?? true, "\(hint)")
    }

    static let slips = [
        Slip(
            name: "invariants with names", old: "invariants: [paid_cents <= 10000]",
            new: "invariants: {enough: paid_cents <= 10000}", found: ["found a mapping, expected a list of conditions"],
            hint: "{rule: ..., because: ...}"),
        Slip(
            name: "release all", old: "release: held", new: "release: all",
            found: ["found 'all', expected what is released"], hint: "`release: held`"),
        Slip(
            name: "a factor with decimals", old: "done, actions: [{release: held}]",
            new: "done, actions: [{assign: {paid_cents: total_cents * 1.19}}]",
            found: ["found a number with a decimal point, expected a whole number"], hint: "* 119 / 100"),
        Slip(
            name: "an amount with decimals", old: "done, actions: [{release: held}]",
            new: "done, actions: [{assign: {paid_cents: total_cents + 19.90}}]",
            found: ["found a number with a decimal point, expected a whole number"], hint: "19.90 is 1990"),
        Slip(
            name: "times what is there", old: "done, actions: [{release: held}]",
            new: "done, actions: [{assign: {paid_cents: '* 1.19'}}]",
            found: ["found '* x'; only `+ x` and `- x` change what is there"], hint: "paid_cents *"),
        Slip(
            name: "a duration of ISO 8601 as a key", old: "after: {due: {in: wait, target: done}}",
            new: "after: {PT30M: done}", found: ["'PT30M' is no duration here"], hint: "write 30m"),
        Slip(
            name: "a duration of ISO 8601 as a length", old: "in: wait", new: "in: P1DT2H",
            found: ["unknown name 'P1DT2H'"], hint: "1d2h"),
        Slip(
            name: "a field whose type is misspelled", old: "total_cents: cents\n  wait",
            new: "total_cents: cent\n  wait",
            found: ["unknown type 'cent'"], hint: "did you mean 'cents'?"),
        Slip(
            name: "a field whose type is misspelled, and what is computed from it",
            old: "paid_cents: cents\ninvariants",
            new:
                "paid_cents: cent\nderive: {left: total_cents - paid_cents, twice: left * 2}\ninvariants",
            found: ["unknown type 'cent'"], hint: "did you mean 'cents'?"),
        Slip(
            name: "data whose type is misspelled", old: "amount_cents: cents", new: "amount_cents: money",
            found: ["unknown type 'money'"], hint: nil),
        Slip(
            name: "a command that is none", old: "pay: {data: {amount_cents: cents}}", new: "pay: [amount_cents]",
            found: ["found a list, expected a command"], hint: nil),
        Slip(
            name: "because without a guard", old: "drop: {target: done,", new: "drop: {because: It may, target: done,",
            found: ["`because:` without `guard:`"], hint: nil),
        Slip(
            name: "because beside else", old: "sku: \"'mug'\", qty: 1}",
            new: "sku: \"'mug'\", qty: 1, because: None left, else: {raise: drop}}",
            found: ["`because:` beside `else:`, with which nothing is refused"], hint: nil),
        Slip(
            name: "because that says nothing", old: "guard: event.amount_cents = total_cents,",
            new: "guard: event.amount_cents = total_cents, because: '',",
            found: ["found '', expected a sentence for people"], hint: nil),
        Slip(
            name: "an invariant without its rule", old: "[paid_cents <= 10000]", new: "[{because: No more}]",
            found: ["`invariants:` without `rule:`"], hint: nil),
    ]

    @Test func `is no timeout with its time below it, whatever it is called`() throws {
        let workflow = try WorkflowFile.load(
            """
            id: t
            version: 1
            initial: a
            states:
              a: {after: {P1D: {in: 24h, target: b}}}
              b: {type: final}
            """)
        #expect(workflow.timeouts.map(\.name) == ["P1D"])
    }

    @Test func `is an internal transition of a parallel state`() {
        let findings = WorkflowFile.check(
            """
            id: t
            version: 1
            initial: all
            states:
              all:
                type: parallel
                on: {again: {target: left.a, internal: true}, end: over}
                states:
                  left: {initial: a, states: {a: {on: {go: b}}, b: {on: {back: a}}}}
                  right: {initial: c, states: {c: {on: {go: d}}, d: {on: {back: c}}}}
              over: {type: final}
            """
        ).findings
        #expect(
            findings.contains { finding in
                finding.message.hasPrefix("`internal: true` in a parallel state, whose regions are left")
                    && finding.hint?.contains("in the region that holds the target") == true
            }, "\(findings)")
    }
}

@Suite struct `A sentence of a workflow` {
    private static let text = """
        id: t
        version: 1
        commands: {place: {data: {buyer: text, n: count}}, pay: {data: {cents: cents}}}
        context: {buyer: text, n: count}
        invariants:
          - n < 100
          - rule: n > 0
            because: >-
              An order has
              one unit at least
        initial: open
        entry: [{reserve: {sku: "'limit:' || buyer", qty: n, of: 2, because: One buyer gets two}}]
        states:
          open: {on: {pay: {guard: event.cents = 5, because: Pay five, target: done}}}
          done: {type: final}
        """

    @Test func `belongs to a guard, a limit or an invariant`() throws {
        let workflow = try WorkflowFile.load(Self.text)
        #expect(workflow.invariants.map(\.because) == [nil, "An order has one unit at least"])
        #expect(workflow.invariants.map(\.text) == ["n < 100", "n > 0"])
        let pay = try #require(workflow.states.flatMap(\.transitions).first)
        #expect(pay.because == "Pay five")
        guard case .stock(let reserve)? = workflow.states[0].entry.first?.verb else {
            Issue.record("no reservation")
            return
        }
        #expect(reserve.because == "One buyer gets two")
    }

    @Test func `stands in a drawing in place of the condition`() throws {
        let workflow = try WorkflowFile.load(Self.text)
        #expect(drawMermaid(workflow).contains("pay [Pay five]"))
        #expect(drawDOT(workflow).contains("pay [Pay five]"))
    }

    @Test func `makes another text of the workflow, and changes no decision`() throws {
        let plain = Self.text.replacingOnce(", because: Pay five", "")
        let (one, other) = (try WorkflowFile.load(Self.text), try WorkflowFile.load(plain))
        #expect(one.hash != other.hash && one.meaning != other.meaning)
        for cents in ["5", "6"] {
            var (first, second) = (DryRun(one, at: .init(milliseconds: 0)), DryRun(other, at: .init(milliseconds: 0)))
            for run in [
                first.send("place", data: Array(#"{"buyer":"ann","n":1}"#.utf8)).refusal,
                second.send("place", data: Array(#"{"buyer":"ann","n":1}"#.utf8)).refusal,
            ] { #expect(run == nil) }
            let data = Array(#"{"cents":\#(cents)}"#.utf8)
            #expect(first.send("pay", data: data).refusal?.code == second.send("pay", data: data).refusal?.code)
            #expect(first.order.version == second.order.version)
        }
    }
}

extension String {
    fileprivate func replacingOnce(_ old: String, _ new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
