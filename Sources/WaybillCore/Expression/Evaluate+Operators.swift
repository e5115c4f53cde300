/// AND and OR stop as soon as the result is certain, from the left; all others need both sides.
func binary(
    _ operation: Expression.Operator, _ left: Expression, _ right: Expression, in scope: inout Scope
) throws(EvaluationError) -> Value {
    switch operation {
    case .and: return .truth(try conjunction(left, right, in: &scope))
    case .or: return .truth(try disjunction(left, right, in: &scope))
    case .add, .subtract, .multiply, .divide, .remainder, .concatenate, .equal, .notEqual, .less, .lessOrEqual,
        .greater,
        .greaterOrEqual, .contains, .startsWith, .endsWith:
        break
    }
    switch (try evaluate(left, in: &scope), try evaluate(right, in: &scope)) {
    case (.int(let first), .int(let second)): return try numeric(operation, first, second)
    case (.text(let first), .text(let second)): return try textual(operation, first, second)
    case (.text(let first), .int(let second)): return try textual(operation, first, Text(String(second)))
    case (.int(let first), .text(let second)): return try textual(operation, Text(String(first)), second)
    case (.bool(let first), .bool(let second)): return compared(operation, first == second, false)
    case (.null, _), (_, .null), (.bool, _), (_, .bool), (.record, _), (_, .record), (.list, _), (_, .list):
        return .null
    }
}

private func conjunction(
    _ left: Expression, _ right: Expression, in scope: inout Scope
) throws(EvaluationError) -> Bool? {
    let first = try truth(left, in: &scope)
    if first == false { return false }
    let second = try truth(right, in: &scope)
    return second == false ? false : first == nil || second == nil ? nil : true
}

private func disjunction(
    _ left: Expression, _ right: Expression, in scope: inout Scope
) throws(EvaluationError) -> Bool? {
    let first = try truth(left, in: &scope)
    if first == true { return true }
    let second = try truth(right, in: &scope)
    return second == true ? true : first == nil || second == nil ? nil : false
}

private func numeric(
    _ operation: Expression.Operator, _ left: Int64, _ right: Int64
) throws(EvaluationError) -> Value {
    switch operation {
    case .add: .int(try sum(left, right))
    case .subtract: .int(try difference(left, right))
    case .multiply: .int(try product(left, right))
    case .divide: .int(try quotient(left, right))
    case .remainder: .int(try remainder(left, right))
    case .concatenate: .text(Text(String(left) + String(right)))
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
        compared(operation, left == right, left < right)
    case .and, .or, .contains, .startsWith, .endsWith: .null
    }
}

private func textual(_ operation: Expression.Operator, _ left: Text, _ right: Text) throws(EvaluationError) -> Value {
    switch operation {
    case .concatenate: .text(try joined(left, right))
    case .contains: .bool(left.contains(right))
    case .startsWith: .bool(left.starts(with: right))
    case .endsWith: .bool(left.ends(with: right))
    case .equal, .notEqual: compared(operation, left == right, false)
    case .less, .lessOrEqual, .greater, .greaterOrEqual: compared(operation, left == right, left < right)
    case .add, .subtract, .multiply, .divide, .remainder, .and, .or: .null
    }
}

/// The answer of a comparison to two values that are equal, or of which the left one is less.
private func compared(_ operation: Expression.Operator, _ isEqual: Bool, _ isLess: Bool) -> Value {
    switch operation {
    case .equal: .bool(isEqual)
    case .notEqual: .bool(!isEqual)
    case .less: .bool(isLess)
    case .lessOrEqual: .bool(isLess || isEqual)
    case .greater: .bool(!isLess && !isEqual)
    case .greaterOrEqual: .bool(!isLess)
    case .add, .subtract, .multiply, .divide, .remainder, .concatenate, .and, .or, .contains, .startsWith, .endsWith:
        .null
    }
}

/// Like `low <= value AND value <= high`, with `value` evaluated once.
func between(
    _ value: Expression, _ low: Expression, _ high: Expression, in scope: inout Scope
) throws(EvaluationError) -> Value {
    let value = try evaluate(value, in: &scope)
    let isAbove = order(try evaluate(low, in: &scope), value)
    if isAbove == false { return .bool(false) }
    let isBelow = order(value, try evaluate(high, in: &scope))
    return isBelow == false ? .bool(false) : isAbove == nil || isBelow == nil ? .null : .bool(true)
}

/// Whether left <= right; nil when one of them is NULL.
private func order(_ left: Value, _ right: Value) -> Bool? {
    switch (left, right) {
    case (.int(let first), .int(let second)): first <= second
    case (.text(let first), .text(let second)): !(second < first)
    case (.null, _), (.bool, _), (.int, _), (.text, _), (.record, _), (.list, _): nil
    }
}

/// Like `value = a OR value = b OR ...`, with `value` evaluated once.
func isIn(_ value: Expression, _ values: [Expression], in scope: inout Scope) throws(EvaluationError) -> Value {
    let value = try evaluate(value, in: &scope)
    if value == .null { return .null }
    var isUnknown = false
    for candidate in values {
        let candidate = try evaluate(candidate, in: &scope)
        if candidate == value { return .bool(true) }
        isUnknown = isUnknown || candidate == .null
    }
    return isUnknown ? .null : .bool(false)
}
