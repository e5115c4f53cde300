/// A field of a record; NULL of NULL.
func member(_ slot: Int, of record: Expression, in scope: inout Scope) throws(EvaluationError) -> Value {
    // Fields of bound elements are what aggregates consist of: read in place, without a copy of the record.
    if case .bound(let depth) = record, scope.bound.indices.contains(depth) { return scope.bound[depth].field(slot) }
    return try evaluate(record, in: &scope).field(slot)
}

/// The element of a keyed collection with this key, or NULL.
func element(of collection: Expression, key: Expression, in scope: inout Scope) throws(EvaluationError) -> Value {
    let key = try evaluate(key, in: &scope)
    guard key != .null, case .list(let elements) = try evaluate(collection, in: &scope) else { return .null }
    return elements.first { $0.field(0) == key } ?? .null
}

/// How many elements a list has; NULL of NULL.
func count(_ collection: Expression, in scope: inout Scope) throws(EvaluationError) -> Value {
    if case .list(let elements) = try evaluate(collection, in: &scope) { .int(Int64(elements.count)) } else { .null }
}

/// Runs `body` over the elements of a list. Elements for which it is NULL are left out, except that EVERY and ANY follow
/// AND and OR: then the result is UNKNOWN unless another element decides it.
func evaluateAggregate(
    _ aggregate: Expression.Aggregate, over: Expression, depth: Int, body: Expression, in scope: inout Scope
) throws(EvaluationError) -> Value {
    guard case .list(let elements) = try evaluate(over, in: &scope) else { return .null }
    let hidden = scope.bind(depth: depth)
    defer { scope.unbind(depth: depth, restoring: hidden) }
    switch aggregate {
    case .sum:
        var total: Int64 = 0
        for element in elements {
            scope.bound[depth] = element
            if let number = try number(body, in: &scope) { total = try sum(total, number) }
        }
        return .int(total)
    case .count:
        var count: Int64 = 0
        for element in elements {
            scope.bound[depth] = element
            if try holds(body, in: &scope) { count += 1 }
        }
        return .int(count)
    case .every, .any:
        // EVERY ends at the first FALSE, ANY at the first TRUE.
        let deciding = aggregate == .any
        var isUnknown = false
        for element in elements {
            scope.bound[depth] = element
            let truth = try truth(body, in: &scope)
            if truth == deciding { return .bool(deciding) }
            isUnknown = isUnknown || truth == nil
        }
        return isUnknown ? .null : .bool(!deciding)
    case .min, .max:
        var best = Value.null
        for element in elements {
            scope.bound[depth] = element
            let value = try evaluate(body, in: &scope)
            guard value != .null else { continue }
            if best == .null || (aggregate == .min ? value.precedes(best) : best.precedes(value)) { best = value }
        }
        return best
    }
}

extension Scope {
    /// Makes room for an element at `depth`; gives back what it hides, nil where there was nothing.
    mutating func bind(depth: Int) -> Value? {
        if depth < bound.count { return bound[depth] }
        while bound.count <= depth { bound.append(.null) }
        return nil
    }

    /// Ends what `bind` began.
    mutating func unbind(depth: Int, restoring hidden: Value?) {
        if let hidden {
            bound[depth] = hidden
        } else {
            bound.removeSubrange(depth...)
        }
    }
}

extension Value {
    /// A field of a record; NULL of anything else.
    func field(_ slot: Int) -> Value {
        if case .record(let fields) = self { fields.value(at: slot) } else { .null }
    }

    /// Whether a number or text comes before another one.
    fileprivate func precedes(_ other: Value) -> Bool {
        switch (self, other) {
        case (.int(let first), .int(let second)): first < second
        case (.text(let first), .text(let second)): first < second
        case (.null, _), (.bool, _), (.int, _), (.text, _), (.record, _), (.list, _): false
        }
    }
}
