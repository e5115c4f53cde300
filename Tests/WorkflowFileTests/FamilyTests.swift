import Foundation
import Testing
import WaybillCore
import WorkflowFile

@Suite struct `Workflows of one family` {
    private static let parent = """
        id: basket
        version: 1
        children: {box: {max: 3}}
        commands:
          place: {data: {buyer: text}}
          pack: {data: {box: text, units: count}}
          arrived: {by: child, data: {box: text, units: count}}
        context: {buyer: text, arrived: count}
        initial: open
        states:
          open:
            on:
              pack: {actions: [{spawn: {child: box, id: event.box, data: {box: event.box, units: event.units}}}]}
              arrived: closed
          closed: {type: final}
        """

    private static let child = """
        id: box
        version: 1
        commands:
          fill: {by: parent, data: {box: text, units: count}}
          deliver: {}
        context: {box: text, units: count}
        initial: waiting
        states:
          waiting: {on: {deliver: gone}}
          gone: {type: final, entry: [{tell: {to: parent, command: arrived, data: {box: box, units: units}}}]}
        """

    /// Messages of the parent's and the child's findings, each with its place.
    private func findings(
        parent: (String, String) = ("", ""), child: (String, String) = ("", "")
    ) throws -> [String] {
        let texts = [(Self.parent, parent), (Self.child, child)].map { text, change in
            change.0.isEmpty ? text : text.replacingOccurrences(of: change.0, with: change.1)
        }
        let workflows = try texts.map { try WorkflowFile.load($0) }
        return workflows.flatMap { WorkflowFile.familyFindings(of: $0, among: workflows) }.map {
            "\($0.line):\($0.column) \($0.message)"
        }
    }

    @Test func `that fit each other have no findings`() throws {
        #expect(try findings() == [])
    }

    @Test func `must know their children`() throws {
        let alone = try WorkflowFile.load(Self.parent)
        let findings = WorkflowFile.familyFindings(of: alone, among: [])
        #expect(findings.map(\.message) == ["there is no workflow box", "there is no workflow box"])
        #expect(findings.map(\.line) == [3, 13])
        #expect(throws: WorkflowFileError.self) {
            try WorkflowFile.checkFamily([(name: "basket.yaml", workflow: alone)])
        }
    }

    @Test func `give a child all that its first command needs, and nothing else`() throws {
        #expect(
            try findings(parent: (", units: event.units}}}", "}}}")) == ["13:40 fill of box needs 'units'"])
        #expect(
            try findings(parent: ("units: event.units}}}", "units: event.units, hat: 'NULL'}}}"))
                == ["13:40 fill of box has no data 'hat'"])
        #expect(
            try findings(parent: ("units: event.units}}}", "units: event.box}}}"))
                == ["13:40 'units' is a text here, fill of box wants a count"])
    }

    @Test func `send each other only what the other lets them send`() throws {
        #expect(
            try findings(child: ("{by: parent, data", "{by: buyer, data"))
                == ["13:40 fill of box may not be sent by parent"])
        #expect(
            try findings(parent: ("arrived: {by: child, data", "arrived: {by: buyer, data"))
                == ["10:60 arrived of basket may not be sent by child"])
        #expect(
            try findings(child: ("command: arrived, data: {box: box, units: units}", "command: arived"))
                == ["10:60 the workflow basket has no command arived"])
    }
}

@Suite struct `A call in a workflow file` {
    private func findings(_ call: String, commands: String, on heard: String = "") -> [String] {
        let text = """
            id: cake
            version: 1
            commands:
              place: {data: {cakes: count}}
              \(commands)
            context: {cakes: count}
            initial: baking
            states:
              baking:
                entry: [{call: \(call)}]
                on: {baked: done, burnt: done\(heard.isEmpty ? "" : ", ")\(heard)}
              done: {type: final}
            """
        return WorkflowFile.check(text).findings.map(\.message)
    }

    private let answers = "baked: {}\n  burnt: {data: {reason: text}}"

    @Test func `names commands that answer it`() {
        let good = "{topic: oven, data: {cakes: cakes}, ok: baked, failed: burnt, expired: burnt, within: 1h}"
        #expect(findings(good, commands: answers) == [])
        let bad = "{topic: oven, ok: bakd, failed: burnt, expired: burnt, within: 1h}"
        #expect(findings(bad, commands: answers) == ["'bakd' is no command, so nobody can answer with it"])
    }

    @Test func `shares its data with its answers`() {
        let call = "{topic: oven, data: {cakes: cakes}, ok: baked, failed: burnt, expired: burnt, within: 1h}"
        #expect(
            findings(call, commands: "baked: {data: {cakes: text}}\n  burnt: {data: {reason: text}}")
                == ["'cakes' is a count in the call, in baked a text"])
    }

    @Test func `can expire without anybody to say what is missing`() {
        let call = "{topic: oven, data: {cakes: cakes}, ok: baked, failed: burnt, expired: burnt, within: 1h}"
        #expect(
            findings(call, commands: "baked: {}\n  burnt: {data: {cook: text}}")
                == ["when the call expires nobody says 'cook'"])
    }

    @Test func `hears a late answer as an event with the answer's data and how the call had ended`() throws {
        let call = "{topic: oven, ok: baked, failed: burnt, expired: burnt, late: too_late, within: 1h}"
        let commands = "baked: {data: {colour: text}}\n  burnt: {data: {reason: text}}"
        let heard = "too_late: {target: done, guard: \"event.colour = 'brown' AND event.ended = 'expired'\"}"
        #expect(findings(call, commands: commands, on: heard) == [])
        #expect(
            findings(call, commands: commands, on: "too_late: {target: done, guard: event.smell = 1}")
                == ["unknown field 'smell', there are colour, ended"])
        #expect(
            findings(
                "{topic: oven, ok: baked, failed: burnt, expired: burnt, late: burnt, within: 1h}", commands: answers)
                == ["burnt is a command"])
        let taken = "baked: {data: {ended: text}}\n  burnt: {data: {reason: text}}"
        #expect(
            findings(call, commands: taken, on: "too_late: done")
                == ["'ended' says how the call had ended, and the answer has data of that name"])
    }

    @Test func `has time`() {
        #expect(
            findings("{topic: oven, ok: baked, failed: burnt, expired: burnt, within: 0s}", commands: answers)
                == ["a call that expires at once"])
        #expect(
            findings("{topic: oven, ok: baked, failed: burnt}", commands: answers) == ["`call:` without `within:`"])
    }
}
