import WaybillCore

/// Finds `NOT x` where `x` may be empty: NOT of nothing is not true, so the way is silently not taken.
struct EmptyNot {
    let scope: NameScope
    /// Context fields that are optional and always filled.
    let filled: Set<Text>
    /// What may be empty below a NOT, each name once.
    private(set) var names: [String] = []
    /// Types of what is bound while a part runs.
    private var bound: [RecordType?]

    init(_ scope: NameScope, filled: Set<Text>) {
        self.scope = scope
        self.filled = filled
        bound = scope.bound.map { if case .record(let record) = $0.type { record } else { nil } }
        if let element = scope.element { bound.append(element.record) }
    }

    /// Looks at an expression. `known` is what has a value wherever it matters; `isAsked` says whether the expression
    /// itself is a condition.
    mutating func look(at expression: Expression, isAsked: Bool, known: Set<Expression> = []) {
        switch expression {
        case .not(let operand):
            if isAsked { note(operand, known) }
            look(at: operand, isAsked: isAsked, known: known)
        case .binary(.notEqual, let value, .literal(.bool)):
            if isAsked { note(value, known) }
        case .binary(.and, let left, let right):
            look(at: left, isAsked: isAsked, known: known)
            look(at: right, isAsked: isAsked, known: known.union(left.filledWhen(true)))
        case .binary(.or, let left, let right):
            look(at: left, isAsked: isAsked, known: known)
            look(at: right, isAsked: isAsked, known: known.union(left.filledWhen(false)))
        case .choice(let branches, let otherwise):
            var known = known
            for branch in branches {
                look(at: branch.condition, isAsked: true, known: known)
                look(at: branch.value, isAsked: isAsked, known: known.union(branch.condition.filledWhen(true)))
                known.formUnion(branch.condition.filledWhen(false))
            }
            if let otherwise { look(at: otherwise, isAsked: isAsked, known: known) }
        case .aggregate(let aggregate, let over, let depth, let body):
            look(at: over, isAsked: false, known: known)
            bind(over, at: depth)
            look(at: body, isAsked: [.count, .every, .any].contains(aggregate), known: known)
        case .literal, .context, .event, .derived, .bound, .now, .order, .member, .element, .inState, .negate, .binary,
            .between, .isIn, .isNull, .count, .allocate:
            for part in expression.parts { look(at: part, isAsked: false, known: known) }
        }
    }

    private mutating func note(_ operand: Expression, _ known: Set<Expression>) {
        guard let name = emptyName(in: operand, known), !names.contains(name) else { return }
        names.append(name)
    }

    private mutating func bind(_ over: Expression, at depth: Int) {
        while bound.count <= depth { bound.append(nil) }
        bound[depth] = element(of: over)
    }

    private func element(of list: Expression) -> RecordType? {
        let type: ValueType? =
            switch list {
            case .context(let slot): scope.context.fields[slot].type
            case .event(let slot): scope.event?.fields[slot].type
            case .literal, .derived, .bound, .now, .order, .member, .element, .inState, .not, .negate, .binary,
                .between, .isIn, .isNull, .choice, .count, .aggregate, .allocate:
                nil
            }
        if case .list(let record, _, _) = type { return record }
        return nil
    }

    /// The name of something optional that makes the whole NULL when it is empty.
    private func emptyName(in expression: Expression, _ known: Set<Expression>) -> String? {
        if known.contains(expression) { return nil }
        switch expression {
        case .context(let slot):
            let field = scope.context.fields[slot]
            return field.isOptional && !filled.contains(field.name) ? field.name.string : nil
        case .event(let slot):
            guard let field = scope.event?.fields[slot], field.isOptional else { return nil }
            return "event.\(field.name)"
        case .derived(let index):
            let derived = scope.derived[index]
            return emptyName(in: derived.expression, []) == nil ? nil : derived.name.string
        case .choice(let branches, let otherwise):
            var known = known
            for branch in branches {
                let inside = known.union(branch.condition.filledWhen(true))
                if let name = emptyName(in: branch.value, inside) { return name }
                known.formUnion(branch.condition.filledWhen(false))
            }
            return otherwise.flatMap { emptyName(in: $0, known) }
        case .member(.bound(let depth), let slot):
            guard bound.indices.contains(depth), let field = bound[depth]?.fields[slot], field.isOptional else {
                return nil
            }
            return field.name.string
        case .binary(.and, let left, let right):
            return emptyName(in: left, known) ?? emptyName(in: right, known.union(left.filledWhen(true)))
        case .binary(.or, let left, let right):
            return emptyName(in: left, known) ?? emptyName(in: right, known.union(left.filledWhen(false)))
        case .not, .negate, .binary, .between, .isIn:
            for part in expression.parts {
                if let name = emptyName(in: part, known) { return name }
            }
            return nil
        case .literal, .bound, .now, .order, .member, .element, .inState, .isNull, .count, .aggregate, .allocate:
            return nil
        }
    }
}

extension Expression {
    /// What has a value when this condition is true, or when it is false.
    fileprivate func filledWhen(_ truth: Bool) -> Set<Expression> {
        switch self {
        case .isNull(let value): return truth ? [] : [value]
        case .not(let operand): return operand.filledWhen(!truth)
        case .binary(.and, let left, let right):
            return truth ? left.filledWhen(true).union(right.filledWhen(true)) : []
        case .binary(.or, let left, let right):
            return truth ? [] : left.filledWhen(false).union(right.filledWhen(false))
        case .context, .event, .member, .derived: return [self]
        case .binary, .between:
            return parts.reduce(into: [self]) { $0.formUnion($1.filledWhen(truth)) }
        case .literal, .bound, .now, .order, .element, .inState, .negate, .isIn, .choice, .count, .aggregate, .allocate:
            return []
        }
    }
}
