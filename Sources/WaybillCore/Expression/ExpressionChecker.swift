/// Resolves the names of an ``ExpressionSyntax``, types its operators and adds up its cost.
struct ExpressionChecker {
    let names: NameScope
    /// Innermost last.
    private(set) var bindings: [Binding]

    /// An element that is bound while a part of the expression runs.
    struct Binding {
        /// Nil: its fields are visible as bare names.
        let name: Text?
        let type: ValueType
        /// Its place in `Scope.bound`.
        let depth: Int
    }

    init(_ names: NameScope) {
        self.names = names
        bindings = names.bound.enumerated().map { Binding(name: $1.name, type: $1.type, depth: $0) }
        if let element = names.element {
            bindings.append(Binding(name: nil, type: .record(element.record), depth: element.depth))
        }
    }

    mutating func check(_ syntax: ExpressionSyntax) throws(ExpressionProblem) -> CheckedExpression {
        switch syntax.kind {
        case .null: literal(.null, .null)
        case .bool(let bool): literal(.bool(bool), .bool)
        case .number(let number): literal(.int(number), .number(.plain))
        case .decimal:
            throw ExpressionProblem(.type, at: syntax.offset, "a workflow counts in whole numbers")
        case .duration(let milliseconds): literal(.int(milliseconds), .number(.duration))
        case .text(let text): literal(.text(text), .text)
        case .name(let name): try resolve(name, at: syntax.offset)
        case .member(let value, let name): try member(name, of: value)
        case .element(let collection, let key): try element(of: collection, key: key)
        case .inState(let path): try inState(path, at: syntax.offset)
        case .not(let operand): try not(operand)
        case .negate(let operand): try negate(operand)
        case .binary(let operation, let left, let right): try binary(operation, left, right, at: syntax.offset)
        case .between(let value, let low, let high): try between(value, low, high, at: syntax.offset)
        case .isIn(let value, let values): try isIn(value, values, at: syntax.offset)
        case .isNull(let value): try isNull(value)
        case .choice(let branches, let otherwise): try choice(branches, otherwise, at: syntax.offset)
        case .aggregate(let aggregate, let each, let over, let body):
            try self.aggregate(aggregate, each: each, over: over, body: body, at: syntax.offset)
        case .count(let collection): try count(collection)
        case .allocate(let amount, let over, let weight):
            try allocate(amount, over: over, by: weight, at: syntax.offset)
        }
    }

    private func literal(_ value: Value, _ type: ValueType) -> CheckedExpression {
        CheckedExpression(expression: .literal(value), type: type, isOptional: value == .null, cost: 1, depth: 1)
    }

    /// Checks `body` while `type` is bound at the next depth, under a name or by its fields.
    mutating func bound(
        _ name: Text?, _ type: ValueType, _ body: ExpressionSyntax
    ) throws(ExpressionProblem) -> (depth: Int, body: CheckedExpression) {
        let depth = bindings.last.map { $0.depth + 1 } ?? 0
        bindings.append(Binding(name: name, type: type, depth: depth))
        let checked = try check(body)
        bindings.removeLast()
        return (depth, checked)
    }

    /// A node over checked parts: it costs as much as they do and one more, and is NULL when one of them is.
    func node(
        _ expression: Expression, _ type: ValueType, at offset: Int, over parts: CheckedExpression...,
        isOptional: Bool? = nil, extraCost: Int = 0
    ) throws(ExpressionProblem) -> CheckedExpression {
        try node(expression, type, at: offset, over: parts, isOptional: isOptional, extraCost: extraCost)
    }

    func node(
        _ expression: Expression, _ type: ValueType, at offset: Int, over parts: [CheckedExpression],
        isOptional: Bool? = nil, extraCost: Int = 0
    ) throws(ExpressionProblem) -> CheckedExpression {
        let cost = parts.reduce(1.addingSaturated(extraCost)) { $0.addingSaturated($1.cost) }
        let depth = 1 + (parts.lazy.map(\.depth).max() ?? 0)
        guard depth <= CheckedExpression.depthMax else {
            throw ExpressionProblem(
                .tooDeep, at: offset,
                "nested deeper than \(CheckedExpression.depthMax) levels through the `derive:` entries it uses",
                hint: "let fewer `derive:` entries build on each other")
        }
        return CheckedExpression(
            expression: expression, type: type, isOptional: isOptional ?? parts.contains(where: \.isOptional),
            cost: cost,
            depth: depth)
    }
}
