/// The value of a checked expression.
///
/// `scope.bound` is used as a stack by aggregates and is as before when this returns or throws. A slot that the scope does
/// not have, and a value of another type than the checker was told, count as NULL.
package func evaluate(_ expression: Expression, in scope: inout Scope) throws(EvaluationError) -> Value {
    switch expression {
    case .literal(let value): value
    case .context(let slot): scope.context.value(at: slot)
    case .event(let slot): scope.event.value(at: slot)
    case .bound(let depth): scope.bound.value(at: depth)
    case .derived(let index): try evaluateDerived(index, in: &scope)
    case .now: .int(scope.now.milliseconds)
    case .order(.id): .text(scope.orderID)
    case .order(.version): .int(scope.version)
    case .order(.placedAt): .int(scope.placedAt.milliseconds)
    case .member(let record, let slot): try member(slot, of: record, in: &scope)
    case .element(let collection, let key): try element(of: collection, key: key, in: &scope)
    case .inState(let state): .bool(scope.configuration.contains(state))
    case .not(let operand): .truth(try truth(operand, in: &scope).map { !$0 })
    case .negate(let operand):
        if let number = try number(operand, in: &scope) { .int(try difference(0, number)) } else { .null }
    case .binary(let operation, let left, let right): try binary(operation, left, right, in: &scope)
    case .between(let value, let low, let high): try between(value, low, high, in: &scope)
    case .isIn(let value, let values): try isIn(value, values, in: &scope)
    case .isNull(let operand): .bool(try evaluate(operand, in: &scope) == .null)
    case .choice(let branches, let otherwise): try choice(branches, otherwise, in: &scope)
    case .count(let collection): try count(collection, in: &scope)
    case .aggregate(let aggregate, let over, let depth, let body):
        try evaluateAggregate(aggregate, over: over, depth: depth, body: body, in: &scope)
    case .allocate(let amount, let over, let depth, let weight):
        try evaluateAllocation(of: amount, over: over, depth: depth, weight: weight, in: &scope)
    }
}

/// Whether a guard lets through: only TRUE does, neither FALSE nor UNKNOWN.
package func holds(_ guarding: Expression, in scope: inout Scope) throws(EvaluationError) -> Bool {
    try truth(guarding, in: &scope) == true
}

/// The number an expression gives, or nil for NULL.
func number(_ expression: Expression, in scope: inout Scope) throws(EvaluationError) -> Int64? {
    if case .int(let number) = try evaluate(expression, in: &scope) { number } else { nil }
}

/// The truth of a condition; nil is UNKNOWN.
func truth(_ expression: Expression, in scope: inout Scope) throws(EvaluationError) -> Bool? {
    if case .bool(let bool) = try evaluate(expression, in: &scope) { bool } else { nil }
}

/// A `derive:` entry was checked without any bound names: its aggregates bind from depth 0 and restore what they hid.
private func evaluateDerived(_ index: Int, in scope: inout Scope) throws(EvaluationError) -> Value {
    guard scope.derived.indices.contains(index) else { return .null }
    return try evaluate(scope.derived[index], in: &scope)
}

private func choice(
    _ branches: [Expression.Branch], _ otherwise: Expression?, in scope: inout Scope
) throws(EvaluationError) -> Value {
    for branch in branches where try holds(branch.condition, in: &scope) {
        return try evaluate(branch.value, in: &scope)
    }
    return if let otherwise { try evaluate(otherwise, in: &scope) } else { .null }
}

extension Value {
    /// A truth as a value: UNKNOWN is NULL.
    static func truth(_ truth: Bool?) -> Value { truth.map { .bool($0) } ?? .null }
}

extension [Value] {
    /// The value in a slot, or NULL where there is none.
    func value(at slot: Int) -> Value { indices.contains(slot) ? self[slot] : .null }
}
