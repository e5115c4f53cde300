/// Logic, comparison and CASE; arithmetic and text have a file of their own.
extension ExpressionChecker {
    // MARK: Logic

    mutating func not(_ operand: ExpressionSyntax) throws(ExpressionProblem) -> CheckedExpression {
        let checked = try condition(operand, of: "NOT")
        return try node(.not(checked.expression), .bool, at: operand.offset, over: checked)
    }

    mutating func isNull(_ value: ExpressionSyntax) throws(ExpressionProblem) -> CheckedExpression {
        let checked = try check(value)
        return try node(.isNull(checked.expression), .bool, at: value.offset, over: checked, isOptional: false)
    }

    /// An operand that must be a condition.
    mutating func condition(
        _ syntax: ExpressionSyntax, of operation: String
    ) throws(ExpressionProblem) -> CheckedExpression {
        let checked = try check(syntax)
        guard checked.type == .bool else {
            throw ExpressionProblem(
                .type, at: syntax.offset, "\(operation) needs a condition, found \(checked.type.phrase)")
        }
        return checked
    }

    mutating func binary(
        _ operation: Expression.Operator, _ left: ExpressionSyntax, _ right: ExpressionSyntax, at offset: Int
    ) throws(ExpressionProblem) -> CheckedExpression {
        let (first, second, type): (CheckedExpression, CheckedExpression, ValueType)
        switch operation {
        case .and, .or:
            let word = operation == .and ? "AND" : "OR"
            (first, second, type) = (try condition(left, of: word), try condition(right, of: word), .bool)
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            (first, second, type) = (try check(left), try check(right), .bool)
            let isOrder = operation != .equal && operation != .notEqual
            try comparable(first, second, byOrder: isOrder, at: right.offset)
        case .contains, .startsWith, .endsWith:
            (first, second, type) = (try text(left), try text(right), .bool)
        case .concatenate:
            (first, second, type) = (try joinable(left), try joinable(right), .text)
        case .add, .subtract, .multiply, .divide, .remainder:
            (first, second) = (try number(left), try number(right))
            type = try arithmetic(operation, first, second, at: offset)
        }
        return try node(
            .binary(operation, first.expression, second.expression), type, at: offset, over: first, second)
    }

    // MARK: Comparison

    mutating func between(
        _ value: ExpressionSyntax, _ low: ExpressionSyntax, _ high: ExpressionSyntax, at offset: Int
    ) throws(ExpressionProblem) -> CheckedExpression {
        let (checked, first, last) = (try check(value), try check(low), try check(high))
        try comparable(checked, first, byOrder: true, at: low.offset)
        try comparable(checked, last, byOrder: true, at: high.offset)
        return try node(
            .between(checked.expression, first.expression, last.expression), .bool, at: offset, over: checked, first,
            last)
    }

    mutating func isIn(
        _ value: ExpressionSyntax, _ values: [ExpressionSyntax], at offset: Int
    ) throws(ExpressionProblem) -> CheckedExpression {
        let checked = try check(value)
        var candidates: [CheckedExpression] = []
        for syntax in values {
            let candidate = try check(syntax)
            try comparable(checked, candidate, byOrder: false, at: syntax.offset)
            candidates.append(candidate)
        }
        return try node(
            .isIn(checked.expression, candidates.map(\.expression)), .bool, at: offset, over: [checked] + candidates)
    }

    /// Refuses to compare values of kinds or units that do not fit.
    private func comparable(
        _ left: CheckedExpression, _ right: CheckedExpression, byOrder: Bool, at offset: Int
    ) throws(ExpressionProblem) {
        if left.type == .null || right.type == .null {
            throw ExpressionProblem(
                .type, at: offset, "comparing with NULL is never true", hint: "write IS NULL or IS NOT NULL")
        }
        switch left.type {
        case .number, .text: if left.type.joined(with: right.type) != nil { return }
        case .bool:
            if right.type == .bool, !byOrder { return }
            if right.type == .bool {
                throw ExpressionProblem(
                    .type, at: offset, "conditions have no order", hint: "compare them with = or <>")
            }
        case .record, .list, .null: break
        }
        throw ExpressionProblem(
            .type, at: offset, "\(left.type.phrase) cannot be compared with \(right.type.phrase)")
    }

    // MARK: CASE

    mutating func choice(
        _ branches: [ExpressionSyntax.Branch], _ otherwise: ExpressionSyntax?, at offset: Int
    ) throws(ExpressionProblem) -> CheckedExpression {
        var (checkedBranches, parts): ([Expression.Branch], [CheckedExpression]) = ([], [])
        var (type, isOptional): (ValueType, Bool) = (.null, otherwise == nil)
        for branch in branches {
            let condition = try condition(branch.condition, of: "WHEN")
            let value = try check(branch.value)
            type = try joined(type, value, at: branch.value.offset)
            isOptional = isOptional || value.isOptional
            checkedBranches.append(Expression.Branch(condition: condition.expression, value: value.expression))
            parts += [condition, value]
        }
        var otherwiseExpression: Expression?
        if let otherwise {
            let value = try check(otherwise)
            type = try joined(type, value, at: otherwise.offset)
            isOptional = isOptional || value.isOptional
            otherwiseExpression = value.expression
            parts.append(value)
        }
        return try node(
            .choice(checkedBranches, otherwise: otherwiseExpression), type, at: offset, over: parts,
            isOptional: isOptional)
    }

    private func joined(
        _ type: ValueType, _ value: CheckedExpression, at offset: Int
    ) throws(ExpressionProblem) -> ValueType {
        guard let joined = type.joined(with: value.type) else {
            throw ExpressionProblem(
                .type, at: offset, "one case gives \(type.phrase), this one \(value.type.phrase)",
                hint: "all values of a CASE must be of one kind")
        }
        return joined
    }
}
