/// Numbers with their units, and texts.
extension ExpressionChecker {
    mutating func negate(_ operand: ExpressionSyntax) throws(ExpressionProblem) -> CheckedExpression {
        let checked = try number(operand)
        guard case .number(let unit) = checked.type, let negated = unit.negated else {
            throw ExpressionProblem(.type, at: operand.offset, "\(checked.type.phrase) cannot be negated")
        }
        return try node(.negate(checked.expression), .number(negated), at: operand.offset, over: checked)
    }

    mutating func number(_ syntax: ExpressionSyntax) throws(ExpressionProblem) -> CheckedExpression {
        let checked = try check(syntax)
        guard checked.type.isNumber else {
            throw ExpressionProblem(
                .type, at: syntax.offset, "arithmetic needs numbers, found \(checked.type.phrase)",
                hint: checked.type == .text ? "texts are joined by ||" : nil)
        }
        return checked
    }

    func arithmetic(
        _ operation: Expression.Operator, _ left: CheckedExpression, _ right: CheckedExpression, at offset: Int
    ) throws(ExpressionProblem) -> ValueType {
        guard case .number(let unit) = left.type, case .number(let other) = right.type else { return left.type }
        let result: ValueType.Unit?
        let verb: String
        switch operation {
        case .add: (result, verb) = (unit.adding(other), "added")
        case .subtract: (result, verb) = (unit.subtracting(other), "subtracted")
        case .multiply: (result, verb) = (unit.multiplied(by: other), "multiplied")
        case .divide: (result, verb) = (unit.divided(by: other), "divided")
        case .remainder: (result, verb) = (unit.remainder(by: other), "divided")
        case .concatenate, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or, .contains,
            .startsWith, .endsWith:
            return left.type
        }
        guard let result else {
            throw ExpressionProblem(
                .type, at: offset, "\(unit.phrase) and \(other.phrase) cannot be \(verb)",
                hint: unitHint(operation, unit, other))
        }
        if operation == .divide || operation == .remainder, right.expression == .literal(.int(0)) {
            throw ExpressionProblem(.type, at: offset, "this divides by zero")
        }
        return .number(result)
    }

    private func unitHint(
        _ operation: Expression.Operator, _ unit: ValueType.Unit, _ other: ValueType.Unit
    ) -> String? {
        if unit == .time || other == .time {
            return unit == .plain || other == .plain ? "lengths of time carry units: 30m, 1h30m, 500ms" : nil
        }
        if operation == .multiply, unit == .duration || other == .duration {
            return "count the hours first, as in late / 1h * fee_cents"
        }
        if operation == .add || operation == .subtract, unit == .count || other == .count {
            return "a count times a price gives cents"
        }
        return nil
    }

    mutating func text(_ syntax: ExpressionSyntax) throws(ExpressionProblem) -> CheckedExpression {
        let checked = try check(syntax)
        guard checked.type == .text else {
            throw ExpressionProblem(.type, at: syntax.offset, "expected a text, found \(checked.type.phrase)")
        }
        return checked
    }

    mutating func joinable(_ syntax: ExpressionSyntax) throws(ExpressionProblem) -> CheckedExpression {
        let checked = try check(syntax)
        guard checked.type == .text || checked.type.isNumber else {
            throw ExpressionProblem(
                .type, at: syntax.offset, "|| joins texts and numbers, found \(checked.type.phrase)")
        }
        return checked
    }
}
