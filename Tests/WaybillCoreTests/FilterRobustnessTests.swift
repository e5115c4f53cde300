import Testing
import WaybillCore

/// Whatever a consumer sends as its filter, and a producer as its properties: an answer or a reason, never a trap.
@Suite struct `A filter withstands` {
    private static let valid = [
        "a = 1 AND b <> 'x' OR NOT c", "price BETWEEN 9.99 AND 19.90", "TAGS IN ('a', 'it''s', 'b')",
        "name NOT STARTSWITH 'x' AND name ENDSWITH '日本'", "(a + 1) * 2 % 7 >= -b - c / 3", "region IS NOT NULL",
        "a NOT BETWEEN -5 AND 5 AND vip = TRUE", "x CONTAINS 'aab' OR y CONTAINS 'aaaaaaaaaaaaaaaaaaaab'",
    ]

    private static let tokens = [
        "(", ")", "=", "<>", "<", ">=", "+", "-", "*", "/", "%", "||", "|", "AND", "OR", "NOT", "BETWEEN", "IN", "IS",
        "NULL", "TRUE", "FALSE", "CASE", "WHEN", "END", "CONTAINS", "STARTSWITH", "LIKE", "COUNT(", "IN_STATE('a')",
        "a", "b", "TAGS", "$", "a$", "a.b", "[", "]", ",", "'", "''", "'a'", "0", "1.5", "1.", ".5", "1e9", "30m",
        "9223372036854775807", "9223372036854775808", "18446744073709551615.999999999999999999",
        "0.0000000000000000001", "é", "\u{0}", "\"", "\n", "--",
    ]

    /// Asks a filter about a message, twice; says whether the text was a filter.
    private func run(_ text: String, _ dice: inout ExpressionDice, _ seed: UInt64) -> Bool {
        let filter: SQLFilter
        do throws(ExpressionProblem) {
            filter = try SQLFilter(Text(text))
        } catch {
            #expect(error.offset >= 0 && error.offset <= text.utf8.count, "seed \(seed): \(text)")
            #expect(!error.message.isEmpty)
            return false
        }
        var properties: [Text: Text] = [:]
        for name in ["a", "b", "c", "price", "name", "x", "y", "vip", "region"] as [Text] where dice.chance(70) {
            properties[name] = value(&dice)
        }
        let tag = dice.chance(50) ? value(&dice) : nil
        let answer = filter.evaluate(tag: tag, properties: properties)
        #expect(answer == filter.evaluate(tag: tag, properties: properties))
        #expect(filter.matches(tag: tag, properties: properties) == (answer == true))
        return true
    }

    private func value(_ dice: inout ExpressionDice) -> Text {
        switch dice.roll(0...4) {
        case 0: Text(String(dice.number()))
        case 1: Text("\(dice.roll(-9...9)).\(dice.roll(0...999))")
        case 2: dice.pick(["true", "FALSE", "truth", "18446744073709551616", "-0", "1.", ".", "+", "NaN", "1e400"])
        case 3: Text(String(repeating: "a", count: dice.roll(0...60)) + "b")
        default: dice.text()
        }
    }

    @Test func `five thousand soups of tokens`() {
        for seed: UInt64 in 1...5_000 {
            var dice = ExpressionDice(seed: seed)
            let words = (0..<dice.roll(1...20)).map { _ in dice.pick(Self.tokens) }
            let text = words.joined(separator: dice.chance(70) ? " " : "")
            _ = run(text, &dice, seed)
            do { _ = try TagFilter(Text(text)) } catch { #expect(error.offset <= text.utf8.count) }
        }
    }

    @Test func `ten thousand damaged filters`() {
        var filterCount = 0
        for seed: UInt64 in 1...10_000 {
            var dice = ExpressionDice(seed: seed)
            var text = Array(dice.pick(Self.valid).unicodeScalars)
            for _ in 0..<dice.roll(0...3) where !text.isEmpty {
                let start = dice.roll(0...text.count - 1)
                let end = min(text.count, start + dice.roll(0...8))
                switch dice.roll(0...2) {
                case 0: text.removeSubrange(start..<end)
                case 1: text.insert(contentsOf: dice.pick(Self.tokens).unicodeScalars, at: start)
                default: text.insert(contentsOf: text[start..<end], at: dice.roll(0...text.count))
                }
            }
            var damaged = String.UnicodeScalarView()
            damaged.append(contentsOf: text)
            if run(String(damaged), &dice, seed) { filterCount += 1 }
        }
        // The test means little if everything is refused.
        #expect(filterCount > 2_000)
    }

    @Test func `texts of the greatest length, whatever they repeat`() {
        let size = ExpressionParser.textBytesMax
        for unit in ["a ", "NOT ", "(", "- ", "'", "''", "9", "9.", "a OR ", "a = 1 AND ", "$", "||", "日"] {
            var dice = ExpressionDice(seed: 1)
            _ = run(String(repeating: unit, count: size / unit.utf8.count), &dice, 0)
            do { _ = try TagFilter(Text(String(repeating: unit, count: size / unit.utf8.count))) } catch {}
        }
    }

    @Test func `properties that repeat what it searches for`() throws {
        // By trying every start anew, this would take 8,000 times 1,000,000 steps.
        let needle = String(repeating: "a", count: 8_000) + "b"
        let filter = try SQLFilter(Text("x CONTAINS '\(needle)'"))
        let almost = String(repeating: "a", count: 1_000_000)
        #expect(filter.evaluate(tag: nil, properties: ["x": Text(almost)]) == false)
        #expect(filter.evaluate(tag: nil, properties: ["x": Text(almost + "b" + almost)]) == true)
    }

    @Test func `any text, and finds in it what is there`() throws {
        for seed: UInt64 in 1...5_000 {
            var dice = ExpressionDice(seed: seed)
            let text = String((0..<dice.roll(0...80)).map { _ in dice.pick(["a", "b"] as [Character]) })
            let part = String((0..<dice.roll(15...22)).map { _ in dice.chance(85) ? "a" : "b" as Character })
            let filter = try SQLFilter(Text("x CONTAINS '\(part)'"))
            let start = min(text.count, dice.roll(0...80))
            let planted = dice.chance(50) ? text.prefix(start) + part + text.dropFirst(start) : Substring(text)
            let expected = planted.indices.contains { planted[$0...].hasPrefix(part) }
            #expect(filter.matches(tag: nil, properties: ["x": Text(String(planted))]) == expected, "seed \(seed)")
        }
    }
}
