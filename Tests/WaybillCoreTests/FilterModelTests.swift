import Testing
import WaybillCore

/// A random condition together with its truth, computed while it is written, without parser, checker or evaluator.
private struct WrittenFilter {
    let text: String
    /// 1 OR, 2 AND, 3 NOT, 4 comparison or a value.
    let binding: Int
    let truth: Bool?

    func operand(of binding: Int, _ dice: inout ExpressionDice) -> String {
        let isLoose = self.binding < binding
        return isLoose || dice.chance(10) ? "(\(text))" : text
    }

    /// Properties of the message: a whole number, one with two decimals, a truth, a word, by turns missing.
    struct Message {
        var whole: Int?
        var hundredths: Int?
        var flag: Bool?
        var word: String?

        init(_ dice: inout ExpressionDice) {
            whole = dice.chance(25) ? nil : dice.roll(-3...3)
            hundredths = dice.chance(25) ? nil : dice.roll(-300...300)
            flag = dice.chance(25) ? nil : dice.chance(50)
            word = dice.chance(25) ? nil : dice.pick(["", "a", "ab", "abc", "bca", "c"])
        }

        var properties: [Text: Text] {
            var properties: [Text: Text] = [:]
            if let whole { properties["w"] = Text(String(whole)) }
            if let hundredths { properties["h"] = Text(WrittenFilter.spelled(hundredths)) }
            if let flag { properties["f"] = flag ? "TRUE" : "false" }
            if let word { properties["s"] = Text(word) }
            return properties
        }
    }

    /// Hundredths with their point: -5 is -0.05.
    static func spelled(_ hundredths: Int) -> String {
        let magnitude = abs(hundredths)
        let tail = magnitude % 100
        return "\(hundredths < 0 ? "-" : "")\(magnitude / 100).\(tail < 10 ? "0" : "")\(tail)"
    }

    static func made(_ depth: Int, _ dice: inout ExpressionDice, _ message: Message) -> WrittenFilter {
        if depth == 0 { return leaf(&dice, message) }
        switch dice.roll(0...4) {
        case 0: return leaf(&dice, message)
        case 1:
            let inner = made(depth - 1, &dice, message)
            return WrittenFilter(text: "NOT \(inner.operand(of: 3, &dice))", binding: 3, truth: inner.truth.map { !$0 })
        default:
            let isAnd = dice.chance(50)
            let parts = (0..<dice.roll(2...4)).map { _ in made(depth - 1, &dice, message) }
            let binding = isAnd ? 2 : 1
            let text = parts.map { $0.operand(of: binding + 1, &dice) }.joined(separator: isAnd ? " AND " : " OR ")
            return WrittenFilter(text: text, binding: binding, truth: connected(parts.map(\.truth), isAnd))
        }
    }

    /// By the truth table, written out: the certain answer if there is one, else UNKNOWN if anything is.
    private static func connected(_ truths: [Bool?], _ isAnd: Bool) -> Bool? {
        if truths.contains(where: { $0 == !isAnd }) { return !isAnd }
        return truths.contains { $0 == nil } ? nil : isAnd
    }

    private static func leaf(_ dice: inout ExpressionDice, _ message: Message) -> WrittenFilter {
        switch dice.roll(0...6) {
        case 0: missing(&dice, message)
        case 1: truth(&dice, message)
        case 2, 3: number(&dice, message)
        case 4: range(&dice, message)
        default: word(&dice, message)
        }
    }

    private static func missing(_ dice: inout ExpressionDice, _ message: Message) -> WrittenFilter {
        let name = dice.pick(["w", "h", "f", "s", "none"])
        let isMissing =
            switch name {
            case "w": message.whole == nil
            case "h": message.hundredths == nil
            case "f": message.flag == nil
            case "s": message.word == nil
            default: true
            }
        let isNegated = dice.chance(50)
        return WrittenFilter(
            text: "\(name) IS \(isNegated ? "NOT " : "")NULL", binding: 4, truth: isMissing != isNegated)
    }

    private static func truth(_ dice: inout ExpressionDice, _ message: Message) -> WrittenFilter {
        switch dice.roll(0...3) {
        case 0: WrittenFilter(text: "f", binding: 4, truth: message.flag)
        case 1: WrittenFilter(text: "f = FALSE", binding: 4, truth: message.flag.map { !$0 })
        case 2: WrittenFilter(text: "TRUE <> f", binding: 4, truth: message.flag.map { !$0 })
        default: WrittenFilter(text: "FALSE", binding: 4, truth: false)
        }
    }

    /// A comparison of numbers, all of them in hundredths here.
    private static func number(_ dice: inout ExpressionDice, _ message: Message) -> WrittenFilter {
        let sign = dice.pick(["=", "<>", "<", "<=", ">", ">="])
        let (left, first) = dice.chance(50) ? ("w", message.whole.map { $0 * 100 }) : ("h", message.hundredths)
        let literal = dice.chance(50) ? dice.roll(-3...3) * 100 : dice.roll(-300...300)
        let right = literal % 100 == 0 && dice.chance(50) ? String(literal / 100) : spelled(literal)
        let truths: (Int) -> [String: Bool] = { a in
            [
                "=": a == literal, "<>": a != literal, "<": a < literal, "<=": a <= literal, ">": a > literal,
                ">=": a >= literal,
            ]
        }
        return WrittenFilter(text: "\(left) \(sign) \(right)", binding: 4, truth: first.flatMap { truths($0)[sign] })
    }

    private static func range(_ dice: inout ExpressionDice, _ message: Message) -> WrittenFilter {
        let isNegated = dice.chance(30)
        if dice.chance(50) {
            let (low, high) = (dice.roll(-3...3), dice.roll(-3...3))
            let truth = message.whole.map { (low <= $0 && $0 <= high) != isNegated }
            return WrittenFilter(
                text: "w \(isNegated ? "NOT " : "")BETWEEN \(low) AND \(high)", binding: 4, truth: truth)
        }
        let values = (0..<dice.roll(1...4)).map { _ in dice.roll(-3...3) }
        let truth = message.whole.map { values.contains($0) != isNegated }
        let list = values.map(String.init).joined(separator: ", ")
        return WrittenFilter(text: "w \(isNegated ? "NOT " : "")IN (\(list))", binding: 4, truth: truth)
    }

    private static func word(_ dice: inout ExpressionDice, _ message: Message) -> WrittenFilter {
        let other = dice.pick(["", "a", "ab", "abc", "c", "bc"])
        let (name, found): (String, (String) -> Bool) =
            switch dice.roll(0...5) {
            case 0: ("=", { $0 == other })
            case 1: ("<>", { $0 != other })
            case 2: ("<", { $0 < other })
            case 3: ("STARTSWITH", { $0.hasPrefix(other) || other.isEmpty })
            case 4: ("ENDSWITH", { $0.hasSuffix(other) || other.isEmpty })
            default: ("CONTAINS", { $0.contains(other) || other.isEmpty })
            }
        return WrittenFilter(text: "s \(name) '\(other)'", binding: 4, truth: message.word.map(found))
    }
}

@Suite struct `A filter and its model` {
    @Test func `agree on ten thousand random conditions`() throws {
        var counts: [Bool?: Int] = [:]
        for seed: UInt64 in 1...10_000 {
            var dice = ExpressionDice(seed: seed)
            let message = WrittenFilter.Message(&dice)
            let written = WrittenFilter.made(3, &dice, message)
            let filter = try SQLFilter(Text(written.text))
            let answer = filter.evaluate(tag: nil, properties: message.properties)
            #expect(answer == written.truth, "seed \(seed): \(written.text) on \(message)")
            counts[answer, default: 0] += 1
        }
        // The comparison means little unless all three answers occur.
        for answer in [true, false, nil] { #expect(counts[answer, default: 0] > 1_000) }
    }

    @Test func `have one truth table`() throws {
        let values: [(String, Bool?)] = [("TRUE", true), ("FALSE", false), ("none = 1", nil)]
        func answer(_ text: String) throws -> Bool? { try SQLFilter(Text(text)).evaluate(tag: nil, properties: [:]) }
        for (left, a) in values {
            #expect(try answer("NOT \(left)") == a.map { !$0 })
            for (right, b) in values {
                let and: Bool? = a == false || b == false ? false : a == nil || b == nil ? nil : true
                let or: Bool? = a == true || b == true ? true : a == nil || b == nil ? nil : false
                #expect(try answer("\(left) AND \(right)") == and)
                #expect(try answer("\(left) OR \(right)") == or)
            }
        }
    }
}
