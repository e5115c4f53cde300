/// Look-ups and aggregates.
extension Scope {
    /// A field of a record; NULL of NULL.
    mutating func member(_ slot: Int, of record: Expression) throws(EvaluationError) -> Value {
        // Fields of bound elements are what aggregates consist of: read in place, without a copy of the record.
        if case .bound(let depth) = record, bound.indices.contains(depth) { return bound[depth].field(slot) }
        return try evaluate(record).field(slot)
    }

    /// The element of a keyed collection with this key, or NULL.
    mutating func element(of collection: Expression, key: Expression) throws(EvaluationError) -> Value {
        let key = try evaluate(key)
        guard key != .null, case .list(let elements) = try evaluate(collection) else { return .null }
        try spend(elements.count)
        return elements.first { $0.field(0) == key } ?? .null
    }

    /// How many elements a list has; NULL of NULL.
    mutating func count(_ collection: Expression) throws(EvaluationError) -> Value {
        if case .list(let elements) = try evaluate(collection) { .int(Int64(elements.count)) } else { .null }
    }

    /// Runs `body` over the elements of a list. Elements for which it is NULL are left out, except that EVERY and ANY
    /// follow AND and OR: then the result is UNKNOWN unless another element decides it.
    mutating func evaluateAggregate(
        _ aggregate: Expression.Aggregate, over: Expression, depth: Int, body: Expression
    ) throws(EvaluationError) -> Value {
        guard case .list(let elements) = try evaluate(over) else { return .null }
        let outer = bind(depth: depth)
        defer { unbind(outer) }
        switch aggregate {
        case .sum:
            var total: Int64 = 0
            for element in elements {
                bound[depth] = element
                if let number = try number(body) { total = try total.plus(number) }
            }
            return .int(total)
        case .count:
            var count: Int64 = 0
            for element in elements {
                bound[depth] = element
                if try truth(body) == true { count += 1 }
            }
            return .int(count)
        case .every, .any:
            // EVERY ends at the first FALSE, ANY at the first TRUE.
            let deciding = aggregate == .any
            var isUnknown = false
            for element in elements {
                bound[depth] = element
                let truth = try truth(body)
                if truth == deciding { return .bool(deciding) }
                isUnknown = isUnknown || truth == nil
            }
            return isUnknown ? .null : .bool(!deciding)
        case .min, .max:
            var best = Value.null
            for element in elements {
                bound[depth] = element
                let value = try evaluate(body)
                guard value != .null else { continue }
                if best == .null || (aggregate == .min ? value.precedes(best) : best.precedes(value)) { best = value }
            }
            return best
        }
    }

    /// What an element hides while it is bound.
    struct Outer {
        fileprivate let depth: Int
        /// Nil: nothing was bound so deep.
        fileprivate let value: Value?
        fileprivate let count: Int
    }

    /// Makes room for an element at `depth`.
    mutating func bind(depth: Int) -> Outer {
        let outer = Outer(depth: depth, value: depth < bound.count ? bound[depth] : nil, count: bound.count)
        while bound.count <= depth { bound.append(.null) }
        return outer
    }

    /// Ends what `bind` began.
    mutating func unbind(_ outer: Outer) {
        if let value = outer.value { bound[outer.depth] = value }
        bound.removeSubrange(outer.count...)
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
