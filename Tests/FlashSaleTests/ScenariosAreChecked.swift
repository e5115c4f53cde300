import FlashSale
import Testing
import WorkflowFile

@Suite struct `A scenario file` {
    @Test(arguments: ScenarioFile.shipped.map(\.name)) func `that is shipped has no findings`(name: String) throws {
        let text = try #require(ScenarioFile.shipped.first { $0.name == name }).text
        let (scenario, findings) = ScenarioFile.check(bytes: Array(text.utf8))
        #expect(findings.map(\.description) == [])
        #expect(scenario?.name == name)
    }

    static let flaws: [(from: String, to: String, finding: String)] = [
        ("shoppers: 1500\n", "", "1:1: error: `shoppers:` is missing (fix: add `shoppers: 20000`)"),
        (
            "shoppers: 1500", "shopper: 1500",
            "6:1: error: shopper: unknown key 'shopper' (fix: did you mean 'shoppers'?"
        ),
        ("shoppers: 1500", "shoppers: -3", "6:11: error: shoppers: found '-3', expected how many shoppers come"),
        ("shoppers: 1500", "shoppers: 99999999999", "6:11: error: shoppers: found '99999999999'"),
        ("units: 20,", "units: many,", "4:37: error: items.units: found 'many', expected units of each item"),
        ("zipf: 1}", "zipf: steep}", "expected an exponent (fix: write 0 to 3, for example 0.9)"),
        ("item: 1, units: 5", "item: 4, units: 5", "expected the number of an item: a whole number, 1 to 3"),
        ("{step: {half_life: 8s, length: 1m}}", "{step: {half_life: 8s}}", "`length:` is missing"),
        (
            "{step: {half_life: 8s, length: 1m}}", "{step: {}, organic: {}}",
            "`arrivals` needs exactly one of step, organic, replay"
        ),
        ("half_life: 8s", "half_life: 0s", "found '0s', expected a length of time, 1ms to 7d"),
        ("abandoned: 15%", "abandoned: 150%", "expected a share (fix: write 0% to 100%, for example 2.5%)"),
        ("abandoned: 15%", "abandoned: 95%", "`abandoned` and `late` together are more than 100%"),
        ("share: 60%", "share: 50%", "the shares of the methods make 90.0%, and must make 100%"),
        ("p90: 40s", "p90: 4s", "p50, p90 and p99 must not fall (fix: sort them)"),
        ("id: small", "id: ../small", "expected the id of a rush (fix: up to 64 letters, digits, _ and -)"),
        ("at: [4s, 25s]", "at: [4s, 5s]", "the server is still down at 5s from the crash at 4s"),
        ("per_second: 5,", "per_second: 0,", "expected messages per second: a whole number, 1 to 1000000"),
        ("per_command: 2ms", "per_command: 2", "expected a length of time, 1us to 1000000us"),
        ("seed: 7", "seed: 7\nseed: 8", "the key 'seed' occurs again"),
        ("modules: [{name: points", "modules: [{name: points, per_second: 1}, {name: points", "'points' occurs again"),
        ("down: {from", "fails: 2, down: {from", "expected a share (fix: write 0% to 100%"),
        ("cancels: 10%", "cancels: &a 10%", "anchors, aliases and merge keys are not allowed"),
        ("limit: 2", "limit: 99999999999999999999", "found '99999999999999999999'"),
    ]

    @Test(arguments: flaws) func `says where it is wrong, what, and how to mend it`(
        flaw: (from: String, to: String, finding: String)
    ) throws {
        let text = smallSale.replacing(flaw.from, with: flaw.to)
        #expect(text != smallSale)
        let (scenario, findings) = ScenarioFile.check(bytes: Array(text.utf8))
        #expect(scenario == nil)
        let lines = findings.map(\.description)
        #expect(lines.contains { $0.contains(flaw.finding) }, "\(lines)")
    }

    @Test func `that is no text, or empty, or hostile has findings and no scenario`() {
        let files: [[UInt8]] = [
            [], [0xFF, 0xFE, 0x00], Array("[1, 2]".utf8), Array("{".utf8),
            Array(String(repeating: "[", count: 5_000).utf8),
            Array(repeating: UInt8(ascii: "x"), count: 300_000), Array("id: [\nshoppers: {a: {b: c}}".utf8),
        ]
        for bytes in files {
            let (scenario, findings) = ScenarioFile.check(bytes: bytes)
            #expect(scenario == nil)
            #expect(!findings.isEmpty)
        }
    }

    @Test func `may be cut off anywhere`() {
        let bytes = Array(smallSale.utf8)
        for end in stride(from: 0, to: bytes.count, by: 7) { _ = ScenarioFile.check(bytes: Array(bytes[..<end])) }
    }
}

@Suite struct `A curve file` {
    @Test func `is read by its last column`() throws {
        let text = "period,count\n1998-07-07 00:00:00,8981\r\n\"x\",12\n\n"
        #expect(try CurveFile.counts(Array(text.utf8), name: "a.csv") == [8_981, 12])
    }

    @Test(arguments: [
        ("period,count\na,b\n", "a.csv:2: the last column is 'b', expected a count: a whole number"),
        ("a,-1\nb,-2\n", "a.csv:2: the last column is '-2'"), ("", "a.csv has no count above 0"),
        ("count\n0\n0\n", "a.csv has no count above 0"), ("count\n99999999999999999999\n", "a.csv:2:"),
    ]) func `says which line is wrong`(text: String, finding: String) {
        let error = #expect(throws: ReportFailure.self) { try CurveFile.counts(Array(text.utf8), name: "a.csv") }
        #expect(error?.description.contains(finding) == true)
    }
}
