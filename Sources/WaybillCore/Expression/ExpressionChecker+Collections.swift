/// Look-ups by key, aggregates, and ALLOCATE.
extension ExpressionChecker {
    /// What the elements of a collection are, and how many it has at most.
    struct Collection {
        let checked: CheckedExpression
        let record: RecordType
        let countMax: Int
        let isKeyed: Bool
    }

    private mutating func collection(
        _ syntax: ExpressionSyntax, for purpose: String
    ) throws(ExpressionProblem) -> Collection {
        let checked = try check(syntax)
        guard case .list(let record, let countMax, let keyed) = checked.type else {
            throw ExpressionProblem(
                .type, at: syntax.offset, "\(purpose) needs a collection, found \(checked.type.phrase)")
        }
        return Collection(checked: checked, record: record, countMax: countMax, isKeyed: keyed)
    }

    /// `lines['a']`: the element with this key, or NULL.
    mutating func element(
        of syntax: ExpressionSyntax, key: ExpressionSyntax
    ) throws(ExpressionProblem) -> CheckedExpression {
        let collection = try collection(syntax, for: "[ ]")
        guard collection.isKeyed, let keyField = collection.record.fields.first else {
            throw ExpressionProblem(
                .type, at: syntax.offset, "this collection has no key, its elements cannot be picked",
                hint: "give it a `key:`, or use ANY")
        }
        let checkedKey = try check(key)
        guard checkedKey.type != .null, checkedKey.type.fits(keyField.type) else {
            throw ExpressionProblem(
                .type, at: key.offset,
                "the key '\(keyField.name)' is \(keyField.type.phrase), found \(checkedKey.type.phrase)")
        }
        return try node(
            .element(collection.checked.expression, key: checkedKey.expression), .record(collection.record),
            at: syntax.offset, over: collection.checked, checkedKey, isOptional: true, extraCost: collection.countMax)
    }

    /// `COUNT(lines)`
    mutating func count(_ syntax: ExpressionSyntax) throws(ExpressionProblem) -> CheckedExpression {
        let collection = try collection(syntax, for: "COUNT")
        return try node(
            .count(collection.checked.expression), .number(.count), at: syntax.offset, over: collection.checked)
    }

    mutating func aggregate(
        _ aggregate: Expression.Aggregate, each: ExpressionSyntax.Name, over: ExpressionSyntax, body: ExpressionSyntax,
        at offset: Int
    ) throws(ExpressionProblem) -> CheckedExpression {
        let collection = try collection(over, for: "IN")
        try checkUnused(each)
        let (depth, value) = try bound(each.text, .record(collection.record), body)
        let type = try result(of: aggregate, over: value, at: body.offset)
        // Over nothing, MIN and MAX have no value. A condition that is UNKNOWN counts as not true in COUNT only.
        let isOptional =
            switch aggregate {
            case .min, .max: true
            case .sum, .count: collection.checked.isOptional
            case .every, .any: collection.checked.isOptional || value.isOptional
            }
        let repeated = CheckedExpression(
            expression: value.expression, type: value.type, isOptional: value.isOptional,
            cost: value.cost.multipliedSaturated(by: collection.countMax), depth: value.depth)
        return try node(
            .aggregate(aggregate, over: collection.checked.expression, depth: depth, body: value.expression), type,
            at: offset, over: collection.checked, repeated, isOptional: isOptional)
    }

    private func result(
        of aggregate: Expression.Aggregate, over value: CheckedExpression, at offset: Int
    ) throws(ExpressionProblem) -> ValueType {
        switch aggregate {
        case .sum:
            if value.type.isNumber, value.type != .number(.time) { return value.type }
            throw ExpressionProblem(
                .type, at: offset, "SUM needs numbers that can be added, found \(value.type.phrase)")
        case .min, .max:
            if value.type.isNumber || value.type == .text { return value.type }
            throw ExpressionProblem(.type, at: offset, "MIN and MAX need numbers or texts, found \(value.type.phrase)")
        case .count:
            if value.type == .bool { return .number(.count) }
            throw ExpressionProblem(
                .type, at: offset, "COUNT needs a condition, found \(value.type.phrase)",
                hint: "COUNT(lines) counts all, COUNT(l IN lines: l.qty > 0) some, SUM(l IN lines: l.qty) adds up")
        case .every, .any:
            if value.type == .bool { return .bool }
            throw ExpressionProblem(
                .type, at: offset, "EVERY and ANY need a condition, found \(value.type.phrase)")
        }
    }

    mutating func allocate(
        _ amount: ExpressionSyntax, over: ExpressionSyntax, by weight: ExpressionSyntax, at offset: Int
    ) throws(ExpressionProblem) -> CheckedExpression {
        let checkedAmount = try check(amount)
        guard case .number(let unit) = checkedAmount.type, unit != .time else {
            throw ExpressionProblem(
                .type, at: amount.offset, "ALLOCATE needs an amount to split, found \(checkedAmount.type.phrase)")
        }
        let collection = try collection(over, for: "OVER")
        guard collection.isKeyed, let keyField = collection.record.fields.first else {
            throw ExpressionProblem(
                .type, at: over.offset, "ALLOCATE names its parts by key, and this collection has none",
                hint: "run over a collection with a `key:`")
        }
        let (depth, checkedWeight) = try bound(nil, .record(collection.record), weight)
        guard case .number(let weightUnit) = checkedWeight.type, weightUnit != .time else {
            throw ExpressionProblem(
                .type, at: weight.offset, "BY needs a number as weight, found \(checkedWeight.type.phrase)")
        }
        let part = RecordType([
            RecordType.Field(name: "key", type: keyField.type, isOptional: false),
            // Amounts below zero are refused when it runs, so the parts are never negative.
            RecordType.Field(name: "amount", type: .number(unit == .signedCents ? .cents : unit), isOptional: false),
        ])
        let repeated = CheckedExpression(
            expression: checkedWeight.expression, type: checkedWeight.type, isOptional: false,
            cost: checkedWeight.cost.addingSaturated(1).multipliedSaturated(by: collection.countMax),
            depth: checkedWeight.depth)
        return try node(
            .allocate(
                amount: checkedAmount.expression, over: collection.checked.expression, depth: depth,
                weight: checkedWeight.expression),
            .list(of: part, countMax: collection.countMax, keyed: true), at: offset,
            over: checkedAmount, collection.checked, repeated)
    }
}
