import WaybillCore

extension ExpressionSyntax {
    /// The tree in prefix form, without places: `a + b * 2` is `(add a (multiply b 2))`.
    var form: String {
        switch kind {
        case .null: "NULL"
        case .bool(let bool): bool ? "TRUE" : "FALSE"
        case .number(let number): "\(number)"
        case .decimal(let number): "\(number.whole).\(number.fraction)"
        case .duration(let milliseconds): "\(milliseconds)ms"
        case .text(let text): "'\(text)'"
        case .name(let name): "\(name)"
        case .member(let value, let name): "\(value.form).\(name.text)"
        case .element(let value, let key): "\(value.form)[\(key.form)]"
        case .inState(let path): "(in-state \(path))"
        case .not(let operand): "(not \(operand.form))"
        case .negate(let operand): "(negate \(operand.form))"
        case .binary(let operation, let left, let right): "(\(operation) \(left.form) \(right.form))"
        case .between(let value, let low, let high): "(between \(value.form) \(low.form) \(high.form))"
        case .isIn(let value, let values): "(in \(([value] + values).map(\.form).joined(separator: " ")))"
        case .isNull(let value): "(is-null \(value.form))"
        case .choice(let branches, let otherwise):
            "(case \(branches.map { "\($0.condition.form) -> \($0.value.form)" }.joined(separator: ", "))"
                + (otherwise.map { " else \($0.form)" } ?? "") + ")"
        case .aggregate(let aggregate, let each, let over, let body):
            "(\(aggregate) \(each.text) \(over.form) \(body.form))"
        case .count(let collection): "(count \(collection.form))"
        case .allocate(let amount, let over, let weight): "(allocate \(amount.form) \(over.form) \(weight.form))"
        }
    }
}

/// The tree of `text` in prefix form.
func form(_ text: String) throws -> String { try ExpressionParser.parse(text).form }

/// Why `text` is not an expression; nil when it is one.
func syntaxProblem(_ text: String) -> ExpressionProblem? {
    do throws(ExpressionProblem) {
        _ = try ExpressionParser.parse(text)
        return nil
    } catch {
        return error
    }
}
