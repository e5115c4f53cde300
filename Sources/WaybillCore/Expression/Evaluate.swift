/// The value of a checked expression.
///
/// `scope.bound` is used as a stack by aggregates and is as before when this returns or throws. A slot that the scope
/// does not have, and a value of another type than the checker was told, count as NULL.
package func evaluate(_ expression: Expression, in scope: inout Scope) throws(EvaluationError) -> Value {
    try scope.evaluate(expression)
}

/// Whether a guard lets through: only TRUE does, neither FALSE nor UNKNOWN.
package func holds(_ guarding: Expression, in scope: inout Scope) throws(EvaluationError) -> Bool {
    try scope.truth(guarding) == true
}

/// Names, truths and CASE.
extension Scope {
    /// The evaluator proper: one case per kind of expression, no deeper than the checker allowed.
    mutating func evaluate(_ expression: Expression) throws(EvaluationError) -> Value {
        try spend(1)
        return switch expression {
        case .literal(let value): value
        case .context(let slot): context.value(at: slot)
        case .event(let slot): event.value(at: slot)
        case .bound(let depth): bound.value(at: depth)
        case .derived(let index): try evaluateDerived(index)
        case .now: .int(now.milliseconds)
        case .order(.id): .text(orderID)
        case .order(.version): .int(version)
        case .order(.placedAt): .int(placedAt.milliseconds)
        case .member(let record, let slot): try member(slot, of: record)
        case .element(let collection, let key): try element(of: collection, key: key)
        case .inState(let state): .bool(configuration.contains(state))
        case .not(let operand): .truth(try truth(operand).map { !$0 })
        case .negate(let operand):
            if let number = try number(operand) { .int(try Int64(0).minus(number)) } else { .null }
        case .binary(let operation, let left, let right): try binary(operation, left, right)
        case .between(let value, let low, let high): try between(value, low, high)
        case .isIn(let value, let values): try isIn(value, values)
        case .isNull(let operand): .bool(try evaluate(operand) == .null)
        case .choice(let branches, let otherwise): try choice(branches, otherwise)
        case .count(let collection): try count(collection)
        case .aggregate(let aggregate, let over, let depth, let body):
            try evaluateAggregate(aggregate, over: over, depth: depth, body: body)
        case .allocate(let amount, let over, let depth, let weight):
            try evaluateAllocation(of: amount, over: over, depth: depth, weight: weight)
        }
    }

    /// Counts steps that are taken, and ends an evaluation that takes too many.
    mutating func spend(_ steps: Int) throws(EvaluationError) {
        stepsLeft &-= steps
        guard stepsLeft >= 0 else { throw .tooManySteps }
    }

    /// The number an expression gives, or nil for NULL.
    mutating func number(_ expression: Expression) throws(EvaluationError) -> Int64? {
        if case .int(let number) = try evaluate(expression) { number } else { nil }
    }

    /// The truth of a condition; nil is UNKNOWN.
    mutating func truth(_ expression: Expression) throws(EvaluationError) -> Bool? {
        if case .bool(let bool) = try evaluate(expression) { bool } else { nil }
    }

    /// A `derive:` entry was checked without any bound names: its aggregates bind from depth 0 and restore what they
    /// hid.
    private mutating func evaluateDerived(_ index: Int) throws(EvaluationError) -> Value {
        guard derived.indices.contains(index) else { return .null }
        return try evaluate(derived[index])
    }

    private mutating func choice(
        _ branches: [Expression.Branch], _ otherwise: Expression?
    ) throws(EvaluationError) -> Value {
        for branch in branches where try truth(branch.condition) == true {
            return try evaluate(branch.value)
        }
        return if let otherwise { try evaluate(otherwise) } else { .null }
    }
}

extension Value {
    /// A truth as a value: UNKNOWN is NULL.
    static func truth(_ truth: Bool?) -> Value { truth.map { .bool($0) } ?? .null }
}

extension [Value] {
    /// The value in a slot, or NULL where there is none.
    func value(at slot: Int) -> Value { indices.contains(slot) ? self[slot] : .null }
}
