import Testing
import WaybillCore
import WorkflowFile
import Workflows

/// Nothing that a stranger sends may hang: a minute is long, in a debug build on a busy machine.
@Suite(.timeLimit(.minutes(4))) struct `A hostile file` {
    private func findings(_ text: String) -> [String] { WorkflowFile.check(text).findings.map(\.description) }

    @Test func `cannot multiply itself with aliases`() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 9).joined(separator: ", "))]\n"
        }
        text += "? *a30\n: x\n"
        #expect(findings(text).first?.hasPrefix("1:5: error: an anchor") == true)
    }

    @Test func `cannot hide an anchor in quotes that are none`() {
        for text in ["a: it's &x b's\n", "a: |\n  '\nb: &x ['\n", "\"a\": \"\\\"&x\"\n", "{a: \"b\",&x c: d}\n"] {
            #expect(findings(text).contains { $0.contains("an anchor") }, "\(text)")
        }
        #expect(!findings("id: 'R&D and a && b & c'\n").contains { $0.contains("an anchor") })
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "[{a: ", "- ? ", "[? ", "- - a: "])
    func `cannot nest ten thousand levels deep`(opening: String) {
        let deep = findings(String(repeating: opening, count: 10_000))
        #expect(!deep.isEmpty)
        #expect(deep.first?.contains("nested deeper than 64 levels") == true)
    }

    @Test func `cannot nest deeply by indentation`() {
        var text = ""
        for level in 0..<700 { text += String(repeating: " ", count: level) + "a:\n" }
        #expect(findings(text).first?.contains("nested deeper than 64 levels") == true)
    }

    /// The scan for depth is deceived here on purpose; the YAML parser's own limit must hold.
    @Test(arguments: ["[", "{a: ", "[a: "]) func `cannot overflow the stack behind a quote`(opening: String) {
        let text = "a: |\n  '\nb: " + String(repeating: opening, count: 20_000) + "'\n"
        #expect(!findings(text).isEmpty)
    }

    @Test func `is refused when it is too long, or no text`() {
        #expect(findings(String(repeating: "#", count: 300_000)) == ["1:1: error: 300000 bytes, more than 262144"])
        let noText = WorkflowFile.check(bytes: [0x69, 0x64, 0x3A, 0xFF, 0xFE])
        #expect(noText.workflow == nil)
        #expect(noText.findings.map(\.message) == ["the text is not UTF-8"])
    }

    @Test func `has at most a hundred findings`() {
        let keys = (0..<5_000).map { "key\($0): 1" }.joined(separator: "\n")
        #expect(findings(keys).count == WorkflowLimits.findingsMax)
    }

    @Test func `cannot have more states than a set holds`() {
        let states = (0..<300).map { "  s\($0): {on: {go: s\(($0 + 1) % 300)}}" }.joined(separator: "\n")
        let text = "id: t\nversion: 1\ninitial: s0\nstates:\n\(states)\n"
        #expect(findings(text).first == "1:1: error: more than 256 states")
    }

    @Test func `cannot hand event data on without end`() {
        var text =
            "id: t\nversion: 1\ncommands: {place: {}, go: {data: {n: count}}}\ninitial: a\nstates:\n  a:\n    on:\n"
        for event in (1...3_000).reversed() {
            text += "      e\(event): {actions: [{raise: e\(event + 1), data: {n: event.n}}]}\n"
        }
        text += "      e3001: b\n      go: {actions: [{raise: e1, data: {n: event.n}}]}\n  b: {type: final}\n"
        #expect(findings(text).first?.contains("through more than 16 raised events") == true)
    }

    @Test func `with duplicate keys without end is told some of them in time`() {
        let text = "id: t\n" + String(repeating: "version: 1\n", count: 20_000)
        #expect(!findings(text).isEmpty)
    }

    /// Ten thousand accidents and attacks on a real file: bytes changed, cut, doubled, moved. None may trap or hang.
    @Test(arguments: [20_261_121, 20_261_122, 20_261_123, 20_261_124] as [UInt64])
    func `never traps, however it was mutated`(_ seed: UInt64) throws {
        var dice = SeededDice(seed: seed)
        let originals = ShippedWorkflows.all.map { Array($0.text.utf8) }
        var accepted = 0
        for round in 0..<2_500 {
            // The small files, so that ten thousand are checked soon; the large one now and then.
            let original = round % 50 == 0 ? originals[0] : originals[3 + round % 2]
            let bytes = mutated(original, by: &dice)
            let (workflow, findings) = WorkflowFile.check(bytes: bytes)
            if let workflow {
                accepted += 1
                _ = drawMermaid(workflow) + drawDOT(workflow)
            } else {
                try #require(findings.contains { $0.severity == .error }, "round \(round)")
            }
            for finding in findings { try #require(finding.line >= 1 && finding.column >= 1, "round \(round)") }
        }
        // Both kinds must occur, or the mutations test nothing.
        #expect(accepted > 25 && accepted < 2_250)
    }

    private func mutated(_ original: [UInt8], by dice: inout SeededDice) -> [UInt8] {
        let signs = Array("[]{}:,-&*!|>'\"%@`#?\t\n \\0a".utf8)
        let snippets = ["\n", "  ", "- ", ": ", "[", "{", "'", "é", "\u{2028}"]
        var bytes = original
        for _ in 0..<(1 + dice.roll(3)) {
            let place = dice.roll(bytes.count)
            let length = min(dice.roll(40), bytes.count - place)
            switch dice.roll(7) {
            case 0: bytes[place] = UInt8(dice.roll(256))
            case 1: bytes[place] = signs[dice.roll(signs.count)]
            case 2: bytes.removeSubrange(place..<place + length)
            case 3: bytes.insert(contentsOf: bytes[place..<place + length], at: dice.roll(bytes.count))
            case 4: bytes.insert(contentsOf: Array("9223372036854775808".utf8), at: place)
            case 5: bytes.insert(contentsOf: Array(snippets[dice.roll(snippets.count)].utf8), at: place)
            default: bytes.swapAt(place, dice.roll(bytes.count))
            }
            if bytes.isEmpty { bytes = [0x20] }
        }
        return bytes
    }
}

/// A small generator of its own, so that a failing round is the same on every machine.
struct SeededDice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A number below `bound`.
    mutating func roll(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return bound > 0 ? Int((state >> 33) % UInt64(bound)) : 0
    }
}
