import Testing
import WaybillCore

/// Whatever text arrives, the language answers with a value or an error: never with a trap, and always with the same.
@Suite struct `The expression language withstands` {
    private static let valid = [
        "SUM(l IN lines: l.qty * l.price_cents) + price_cents - balance_cents",
        "EVERY(l IN lines: l.qty <= limit AND l.note IS NOT NULL OR l.gift)",
        "CASE WHEN IN_STATE('money.paid') THEN 'paid: ' || qty WHEN paid THEN shop ELSE coupon END",
        "ALLOCATE(event.amount_cents OVER payments BY captured - refunding)",
        "SUM(p IN ALLOCATE(price_cents OVER payments BY captured): p.amount)",
        "lines[event.line].qty * 3 % 7 >= limit AND now - since > 1h30m",
        "coupon NOT IN ('a', 'it''s', shop) OR NOT paid",
        "shop CONTAINS 'a' AND coupon NOT STARTSWITH 'b' OR address.zip ENDSWITH '日本'",
        "qty BETWEEN -5 AND MAX(l IN lines: l.qty)", "ANY(l IN lines: COUNT(t IN tags: t.size > l.qty) = COUNT(tags))",
        "order.placed_at + wait * 2 <= now", "total_cents / qty + -price_cents", "MIN(l IN lines: l.sku) || now",
        "COUNT(extras) > 0 AND EVERY(t IN extras: t.size < 9)", "(paid = (qty > 1)) <> confirmed",
    ]

    private static let tokens: [String] = [
        "(", ")", "[", "]", ".", ",", ":", "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "||", "AND", "OR",
        "NOT", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE", "CASE", "WHEN", "THEN", "ELSE", "END", "CONTAINS",
        "STARTSWITH", "ENDSWITH", "SUM(", "COUNT(", "EVERY(", "ANY(", "MIN(", "MAX(", "ALLOCATE(", "OVER", "BY",
        "IN_STATE('money.paid')", "l", "lines", "lines['l0'].qty", "l IN lines:", "l.qty", "event.line", "event",
        "order.id",
        "now", "qty", "limit", "price_cents", "total_cents", "shop", "coupon", "paid", "payments", "tags", "'a'", "''",
        "'",
        "0", "1", "9223372036854775807", "-9223372036854775808", "30m", "1h30m", "1.5", "7x", "é", "\u{0}", "\"", "==",
        "_",
    ]

    /// Runs a text through all stages; says whether it was a checked expression.
    private func run(_ text: String, _ dice: inout ExpressionDice, _ seed: UInt64) -> Bool {
        let checked: CheckedExpression
        do throws(ExpressionProblem) {
            checked = try checkExpression(text, in: Shop.names)
        } catch {
            #expect(error.offset >= 0 && error.offset <= text.utf8.count, "seed \(seed): \(text)")
            #expect(Shop.problem(text) == error, "seed \(seed): \(text)")
            return false
        }
        #expect(Shop.checked(text) == checked, "seed \(seed): \(text)")
        var scope = dice.scope()
        let outcome = outcome(of: checked.expression, &scope)
        #expect(scope.bound.isEmpty, "seed \(seed): \(text)")
        #expect(outcome == self.outcome(of: checked.expression, &scope), "seed \(seed): \(text)")
        if case .success(let value) = outcome {
            let fits = value == .null ? checked.isOptional : value.has(checked.type)
            #expect(fits, "seed \(seed): \(text) is \(value), not \(checked.type)")
        }
        // Nor does an order that is not what the checker was told cause more than an error or a value.
        scope.context.removeLast(dice.roll(0...scope.context.count))
        scope.event.shuffle(using: &dice)
        scope.context.shuffle(using: &dice)
        _ = self.outcome(of: checked.expression, &scope)
        return true
    }

    private func outcome(of expression: Expression, _ scope: inout Scope) -> Result<Value, EvaluationError> {
        do throws(EvaluationError) {
            return .success(try evaluate(expression, in: &scope))
        } catch {
            return .failure(error)
        }
    }

    @Test func `three thousand soups of tokens`() {
        for seed: UInt64 in 1...3_000 {
            var dice = ExpressionDice(seed: seed)
            let words = (0..<dice.roll(1...25)).map { _ in dice.pick(Self.tokens) }
            _ = run(words.joined(separator: dice.chance(70) ? " " : ""), &dice, seed)
        }
    }

    @Test func `five thousand damaged expressions`() {
        var checkedCount = 0
        for seed: UInt64 in 1...5_000 {
            var dice = ExpressionDice(seed: seed)
            var text = Array(dice.pick(Self.valid).unicodeScalars)
            for _ in 0..<dice.roll(0...3) where !text.isEmpty {
                let start = dice.roll(0...text.count - 1)
                let end = min(text.count, start + dice.roll(0...8))
                switch dice.roll(0...3) {
                case 0: text.removeSubrange(start..<end)
                case 1: text.insert(contentsOf: dice.pick(Self.tokens).unicodeScalars, at: start)
                case 2: text.insert(contentsOf: text[start..<end], at: dice.roll(0...text.count))
                default: text.replaceSubrange(start..<end, with: dice.pick(Self.tokens).unicodeScalars)
                }
            }
            var damaged = String.UnicodeScalarView()
            damaged.append(contentsOf: text)
            if run(String(damaged), &dice, seed) { checkedCount += 1 }
        }
        // The test means little if everything is refused.
        #expect(checkedCount > 1_000)
    }

    @Test func `texts of the greatest length, whatever they repeat`() {
        let size = ExpressionParser.textBytesMax
        for unit in ["a ", "a.", "1 ", "- ", "1h", "'", "''", "9", "a", "[", "a OR ", "AND ", "SUM(", "a,", "||", "日"] {
            var dice = ExpressionDice(seed: 1)
            _ = run(String(repeating: unit, count: size / unit.utf8.count), &dice, 0)
        }
    }
}

extension Value {
    /// Whether a value is what its type says.
    fileprivate func has(_ type: ValueType) -> Bool {
        switch (self, type) {
        case (.bool, .bool), (.text, .text), (.int, .number): true
        case (.record(let fields), .record(let record)): Self.fit(fields, record)
        case (.list(let elements), .list(let record, let countMax, _)):
            elements.count <= countMax
                && elements.allSatisfy { if case .record(let fields) = $0 { Self.fit(fields, record) } else { false } }
        case (.null, _), (.bool, _), (.int, _), (.text, _), (.record, _), (.list, _): false
        }
    }

    private static func fit(_ fields: [Value], _ record: RecordType) -> Bool {
        fields.count == record.fields.count
            && zip(fields, record.fields).allSatisfy { $0 == .null ? $1.isOptional : $0.has($1.type) }
    }
}
