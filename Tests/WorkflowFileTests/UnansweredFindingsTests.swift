import Testing
import WaybillCore
import WorkflowFile

@Suite struct `A call that stays open until it is answered` {
    private static let call = "call: {topic: oven, name: \"'bake'\", data: {cakes: cakes}, ok: baked, failed: burnt, "

    private func filled(_ states: String, _ more: String) -> String {
        states.replacing("CALL", with: Self.call + more + "}")
            .replacing("UNNAMED", with: Self.unnamed + more + "}")
            .replacing("NOTHING", with: "actions: [{assign: {waited: + 0}}]")
    }

    private static let unnamed = call.replacing("name: \"'bake'\", ", with: "")

    private func text(_ more: String = "unanswered: silent, within: 1h", states: String) -> String {
        """
        id: cake
        version: 1
        commands:
          place: {data: {cakes: count}}
          baked: {by: oven, data: {cakes: count}}
          burnt: {by: oven, data: {cakes: count, reason: text}}
          forget: {}
          again: {}
          collect: {}
        context: {cakes: count, waited: count, why: optional text}
        \(filled(states, more))
        """
    }

    private func findings(_ more: String = "unanswered: silent, within: 1h", states: String) -> [String] {
        WorkflowFile.check(text(more, states: states)).findings.map(\.message)
    }

    private static let heard = "silent: {actions: [{assign: {waited: + event.cakes}}]}"
    private static let ends = "the order can end while this call is unanswered, and nothing would hear its answer"

    /// The state that waits for the oven is left by its answers only.
    private static let good = """
        initial: baking
        states:
          baking: {entry: [{CALL}], on: {\(heard), baked: done, burnt: waiting}}
          waiting: {on: {again: baking, forget: waiting, collect: done}}
          done: {type: final}
        """

    @Test func `names an event that hears the call's data and the reason`() throws {
        #expect(findings(states: Self.good) == [])
        let workflow = try #require(
            WorkflowFile.check(text(states: Self.good))
                .workflow)
        #expect(workflow.calls.map(\.unanswered) == ["silent"])
        #expect(drawMermaid(workflow).contains("silent"))
        #expect(
            findings(states: Self.good.replacing("event.cakes", with: "event.smell")).first?.contains("smell") == true)
    }

    @Test func `does not expire as well`() {
        let both = "unanswered: silent, expired: silent, within: 1h"
        #expect(
            findings(both, states: Self.good)
                == ["a call that is not answered in time expires or stays open, not both"])
    }

    @Test func `takes silence for no answer`() {
        let no = Self.good.replacing("\(Self.heard), ", with: "")
        #expect(
            findings("unanswered: burnt, within: 1h", states: no) == ["burnt is a command, and silence says nothing"])
    }

    @Test func `says that nothing sends or hears a misspelled event`() {
        #expect(
            Set(findings("unanswered: silnt, within: 1h", states: Self.good.replacing("event.cakes", with: "1")))
                == ["nothing sends 'silent'", "no state handles the event 'silnt'"])
    }

    /// Ways to an end behind which an answer would be heard by nothing.
    private static let endings: [(String, String)] = [
        (
            "a command",
            """
            initial: baking
            states:
              baking: {entry: [{CALL}], on: {HEARD, baked: done, burnt: again_soon, forget: done, collect: done}}
              again_soon: {on: {again: baking}}
              done: {type: final}
            """
        ),
        (
            "a timeout",
            """
            initial: baking
            states:
              baking: {entry: [{CALL}], on: {HEARD, baked: done, burnt: rest}, after: {2h: done}}
              rest: {on: {again: baking, forget: rest, collect: rest}}
              done: {type: final}
            """
        ),
        (
            "the silence itself",
            """
            initial: baking
            states:
              baking: {entry: [{CALL}], on: {silent: done, baked: done, burnt: rest}}
              rest: {on: {again: baking, forget: rest, collect: rest}}
              done: {type: final}
            """
        ),
        (
            "a stop, which does not end what is unanswered",
            """
            initial: baking
            states:
              baking: {entry: [{CALL}], on: {HEARD, baked: done, burnt: rest,
                       forget: {target: rest, actions: [{stop: {call: "'bake'"}}]}}}
              rest: {on: {HEARD, again: rest, collect: done}}
              done: {type: final}
            """
        ),
        (
            "the answer to another one",
            """
            initial: baking
            states:
              baking: {on: {HEARD, again: {actions: [{UNNAMED}]}, baked: done, burnt: rest}}
              rest: {on: {forget: rest, collect: rest}}
              done: {type: final}
            """
        ),
        (
            "a raised event",
            """
            initial: idle
            on: {bake: {actions: [{CALL}]}, baked: {NOTHING}, burnt: {NOTHING}, HEARD}
            states:
              idle: {on: {again: {actions: [{raise: bake}]}, collect: done, forget: idle}}
              done: {type: final}
            """
        ),
        (
            "both regions of a parallel order",
            """
            type: parallel
            on: {HEARD, burnt: {NOTHING}}
            states:
              oven:
                initial: baking
                states: {baking: {entry: [{CALL}], on: {baked: cold, forget: cold}}, cold: {type: final}}
              shop: {initial: open, states: {open: {on: {collect: shut, again: {NOTHING}}}, shut: {type: final}}}
            """
        ),
    ]

    @Test(arguments: endings.indices) func `must be answered before the order can end by`(index: Int) {
        let states = Self.endings[index].1.replacing("HEARD", with: "silent: {actions: [{assign: {waited: + 1}}]}")
        #expect(findings(states: states) == [Self.ends], "\(Self.endings[index].0)")
        // An order that rests instead of ending hears the answer whenever it comes.
        #expect(!findings(states: states.replacing("type: final", with: "on: {again: {NOTHING}}")).contains(Self.ends))
        // Without the key the order takes the call back when it ends, as it did.
        let expiring = states.replacing("silent: done, ", with: "").replacing(
            "silent: {actions: [{assign: {waited: + 1}}]}, ", with: ""
        ).replacing(
            ", silent: {actions: [{assign: {waited: + 1}}]}", with: "")
        #expect(!findings("within: 1h", states: expiring).contains(Self.ends))
    }

    @Test func `may end with the answers in every region, and where a guard asks whether it is answered`() {
        let answered = """
            type: parallel
            on: {silent: {actions: [{assign: {waited: + 1}}]}}
            states:
              oven:
                initial: baking
                states: {baking: {entry: [{CALL}], on: {baked: cold, burnt: cold}}, cold: {type: final}}
              shop:
                initial: open
                states: {open: {on: {collect: shut, again: {NOTHING}, forget: {NOTHING}}}, shut: {type: final}}
            """
        #expect(findings(states: answered) == [])
        let guarded = """
            initial: both
            states:
              both:
                type: parallel
                on:
                  silent: {actions: [{assign: {waited: + 1}}]}
                  collect: {guard: "IN_STATE('both.oven.cold')", target: done}
                states:
                  oven: {initial: baking, states: {baking: {entry: [{CALL}], on: {baked: cold, burnt: cold}}, cold: {}}}
                  shop: {initial: open, states: {open: {on: {again: {NOTHING}, forget: {NOTHING}}}}}
              done: {type: final}
            """
        #expect(!findings(states: guarded).contains(Self.ends))
        #expect(
            findings(states: guarded.replacing("guard: \"IN_STATE('both.oven.cold')\", ", with: "")).contains(Self.ends)
        )
    }

    @Test func `says of a call without the key that silence counts as failed, unless the text says so`() {
        let quiet = Self.good.replacing("\(Self.heard), ", with: "")
        let warning = "a call that is not answered in time counts as failed, and may have been done"
        #expect(findings("within: 1h", states: quiet) == [warning])
        #expect(findings("expired: burnt, within: 1h", states: quiet) == [])
    }
}
