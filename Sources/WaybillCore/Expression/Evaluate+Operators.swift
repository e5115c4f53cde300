/// Operators that ask two sides or more.
extension Scope {
    /// AND and OR stop as soon as the result is certain, from the left; all others need both sides.
    mutating func binary(
        _ operation: Expression.Operator, _ left: Expression, _ right: Expression
    ) throws(EvaluationError) -> Value {
        switch operation {
        case .and: return .truth(try conjunction(left, right))
        case .or: return .truth(try disjunction(left, right))
        case .add, .subtract, .multiply, .divide, .remainder, .concatenate: break
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: break
        case .contains, .startsWith, .endsWith: break
        }
        switch (try evaluate(left), try evaluate(right)) {
        case (.int(let first), .int(let second)): return try numeric(operation, first, second)
        case (.text(let first), .text(let second)):
            try spend((first.byteCount + second.byteCount) >> 6)
            return try textual(operation, first, second)
        case (.text(let first), .int(let second)): return try textual(operation, first, Text(String(second)))
        case (.int(let first), .text(let second)): return try textual(operation, Text(String(first)), second)
        case (.bool(let first), .bool(let second)): return compared(operation, first == second, false)
        case (.null, _), (_, .null), (.bool, _), (_, .bool), (.record, _), (_, .record), (.list, _), (_, .list):
            return .null
        }
    }

    private mutating func conjunction(
        _ left: Expression, _ right: Expression
    ) throws(EvaluationError) -> Bool? {
        let first = try truth(left)
        if first == false { return false }
        let second = try truth(right)
        return second == false ? false : first == nil || second == nil ? nil : true
    }

    private mutating func disjunction(
        _ left: Expression, _ right: Expression
    ) throws(EvaluationError) -> Bool? {
        let first = try truth(left)
        if first == true { return true }
        let second = try truth(right)
        return second == true ? true : first == nil || second == nil ? nil : false
    }

    /// Like `low <= value AND value <= high`, with `value` evaluated once.
    mutating func between(
        _ value: Expression, _ low: Expression, _ high: Expression
    ) throws(EvaluationError) -> Value {
        let value = try evaluate(value)
        let isAbove = order(try evaluate(low), value)
        if isAbove == false { return .bool(false) }
        let isBelow = order(value, try evaluate(high))
        return isBelow == false ? .bool(false) : isAbove == nil || isBelow == nil ? .null : .bool(true)
    }

    /// Like `value = a OR value = b OR ...`, with `value` evaluated once.
    mutating func isIn(_ value: Expression, _ values: [Expression]) throws(EvaluationError) -> Value {
        let value = try evaluate(value)
        if value == .null { return .null }
        var isUnknown = false
        for candidate in values {
            let candidate = try evaluate(candidate)
            if candidate == value { return .bool(true) }
            isUnknown = isUnknown || candidate == .null
        }
        return isUnknown ? .null : .bool(false)
    }
}

private func numeric(
    _ operation: Expression.Operator, _ left: Int64, _ right: Int64
) throws(EvaluationError) -> Value {
    switch operation {
    case .add: .int(try left.plus(right))
    case .subtract: .int(try left.minus(right))
    case .multiply: .int(try left.times(right))
    case .divide: .int(try left.divided(by: right))
    case .remainder: .int(try left.remainder(by: right))
    case .concatenate: .text(Text(String(left) + String(right)))
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
        compared(operation, left == right, left < right)
    case .and, .or, .contains, .startsWith, .endsWith: .null
    }
}

private func textual(_ operation: Expression.Operator, _ left: Text, _ right: Text) throws(EvaluationError) -> Value {
    switch operation {
    case .concatenate: .text(try left.joined(with: right))
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

/// Whether left <= right; nil when one of them is NULL.
private func order(_ left: Value, _ right: Value) -> Bool? {
    switch (left, right) {
    case (.int(let first), .int(let second)): first <= second
    case (.text(let first), .text(let second)): !(second < first)
    case (.null, _), (.bool, _), (.int, _), (.text, _), (.record, _), (.list, _): nil
    }
}
