/// Writes an expression as the file has it, or with the values that stand there now: `a + event.b <= 2`, `1 + 2 <= 2`.
struct ExpressionWords {
    /// Of one expression in a sentence; what is longer is cut.
    private static let charactersMax = 240
    /// Of a text that is a value.
    private static let valueCharactersMax = 40

    private var names: ExpressionNames
    /// Where the values are read; nil: names are written.
    private var scope: Scope?

    /// How tightly a written part holds together, from loose to tight; only what binds less gets parentheses.
    private enum Binding: Int, Comparable {
        case or, and, not, comparison, concatenation, sum, product, value
        static func < (left: Binding, right: Binding) -> Bool { left.rawValue < right.rawValue }
        var tighter: Binding { Binding(rawValue: rawValue + 1) ?? .value }
    }

    /// With names.
    static func names(_ expression: Expression, _ names: ExpressionNames) -> String {
        var words = ExpressionWords(names: names, scope: nil)
        return cut(words.write(expression, .or))
    }

    /// With values where names would stand.
    static func values(_ expression: Expression, _ names: ExpressionNames, in scope: Scope) -> String {
        var words = ExpressionWords(names: names, scope: scope)
        return cut(words.write(expression, .or))
    }

    /// A value as it is written.
    static func text(of value: Value, as type: ValueType?) -> String {
        switch (value, type) {
        case (.null, _): "NULL"
        case (.bool(let flag), _): flag ? "true" : "false"
        case (.int(let number), .number(.time)?): Moment(milliseconds: number).iso8601
        case (.int(let number), .number(.duration)?): Interval(milliseconds: number).text
        case (.int(let number), _): String(number)
        case (.text(let text), _): quoted(text)
        case (.record, _): "a record"
        case (.list(let elements), _): "\(elements.count) element\(elements.count == 1 ? "" : "s")"
        }
    }

    private static func quoted(_ text: Text) -> String {
        let shown = text.string.prefix(valueCharactersMax)
        let whole = shown.endIndex == text.string.endIndex
        let escaped = shown.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''")
        return "'\(escaped)\(whole ? "" : "...")'"
    }

    private static func cut(_ text: String) -> String {
        let shown = text.prefix(charactersMax)
        return shown.endIndex == text.endIndex ? text : shown + "..."
    }

    // MARK: Writing

    private mutating func write(_ expression: Expression, _ least: Binding, beside unit: ValueType? = nil) -> String {
        if scope != nil, expression.isOperand {
            let value = scope?.valueIfAny(of: expression)
            return value.map { Self.text(of: $0, as: names.valueType(of: expression)) } ?? "?"
        }
        switch expression {
        case .literal(let value): return Self.text(of: value, as: unit)
        case .context(let slot): return names.context.field(slot)?.name.string ?? "?"
        case .event(let slot): return "event.\(names.event.field(slot)?.name.string ?? "?")"
        case .derived(let index): return names.derived.indices.contains(index) ? "\(names.derived[index].name)" : "?"
        case .bound(let depth): return names.bound.indices.contains(depth) ? names.bound[depth].name : "x"
        case .now: return "now"
        case .order(.id): return "order.id"
        case .order(.version): return "order.version"
        case .order(.placedAt): return "order.placed_at"
        case .member(let record, let slot): return "\(write(record, .value)).\(names.field(slot, of: record))"
        case .element(let collection, let key): return "\(write(collection, .value))[\(write(key, .or))]"
        case .inState(let state):
            return "IN_STATE('\(names.states.indices.contains(state) ? names.states[state].path : "?")')"
        case .not(.isNull(let operand)):
            return wrapped("\(write(operand, .concatenation)) IS NOT NULL", .comparison, least)
        case .not(let operand): return wrapped("NOT \(write(operand, .not))", .not, least)
        case .negate(let operand): return "-\(write(operand, .value))"
        case .binary(let operation, let left, let right): return write(operation, left, right, least)
        case .between(let value, let low, let high):
            let unit = names.valueType(of: value)
            let bounds = "\(write(low, .concatenation, beside: unit)) AND \(write(high, .concatenation, beside: unit))"
            return wrapped("\(write(value, .concatenation)) BETWEEN \(bounds)", .comparison, least)
        case .isIn(let value, let list): return wrapped(write(value, isIn: list), .comparison, least)
        case .isNull(let operand): return wrapped("\(write(operand, .concatenation)) IS NULL", .comparison, least)
        case .choice(let branches, let otherwise): return write(branches, otherwise)
        case .count(let collection): return "COUNT(\(write(collection, .concatenation)))"
        case .aggregate(let aggregate, let over, let depth, let body):
            let collection = write(over, .concatenation)
            let inner = names.binding(depth, over: over)
            let element = inner.bound[depth].name
            return "\(aggregate.word)(\(element) IN \(collection): \(inside(inner, body)))"
        case .allocate(let amount, let over, let depth, let weight):
            let head = "\(write(amount, .concatenation)) OVER \(write(over, .concatenation))"
            let inner = names.binding(depth, over: over)
            return "ALLOCATE(\(head) BY \(inside(inner, weight)))"
        }
    }

    /// What runs over a collection. Its values differ from one element to the next, so names are written.
    private func inside(_ inner: ExpressionNames, _ body: Expression) -> String {
        var words = ExpressionWords(names: inner, scope: nil)
        return words.write(body, .or)
    }

    private mutating func write(
        _ operation: Expression.Operator, _ left: Expression, _ right: Expression, _ least: Binding
    ) -> String {
        let binding = tightness(of: operation)
        let first = write(left, binding, beside: unit(of: right, in: operation))
        // AND and OR are associative; the others go from the left.
        let isAssociative = binding == .and || binding == .or
        let second = write(
            right, isAssociative ? binding : binding.tighter, beside: unit(of: left, in: operation))
        return wrapped("\(first) \(operation.word) \(second)", binding, least)
    }

    private mutating func write(_ value: Expression, isIn list: [Expression]) -> String {
        let unit = names.valueType(of: value)
        var candidates: [String] = []
        for candidate in list { candidates.append(write(candidate, .concatenation, beside: unit)) }
        return "\(write(value, .concatenation)) IN (\(candidates.joined(separator: ", ")))"
    }

    private mutating func write(_ branches: [Expression.Branch], _ otherwise: Expression?) -> String {
        var text = "CASE"
        for branch in branches { text += " WHEN \(write(branch.condition, .or)) THEN \(write(branch.value, .or))" }
        if let otherwise { text += " ELSE \(write(otherwise, .or))" }
        return text + " END"
    }

    /// What a number beside this side stands for: to a time durations are added.
    private func unit(of side: Expression, in operation: Expression.Operator) -> ValueType? {
        let type = names.valueType(of: side)
        switch operation {
        case .add, .subtract: return type == .number(.time) ? .number(.duration) : type
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: return type
        case .multiply, .divide, .remainder, .concatenate, .and, .or, .contains, .startsWith, .endsWith: return nil
        }
    }

    private func tightness(of operation: Expression.Operator) -> Binding {
        switch operation {
        case .or: .or
        case .and: .and
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .contains, .startsWith, .endsWith:
            .comparison
        case .concatenate: .concatenation
        case .add, .subtract: .sum
        case .multiply, .divide, .remainder: .product
        }
    }

    private func wrapped(_ text: String, _ binding: Binding, _ least: Binding) -> String {
        binding < least ? "(\(text))" : text
    }
}

extension Expression {
    /// Whether it is shown as one value: what is read or computed, and no operator between such.
    var isOperand: Bool {
        switch self {
        case .context, .event, .derived, .bound, .now, .order, .member, .element, .choice, .count, .aggregate,
            .allocate:
            true
        case .literal, .inState, .not, .negate, .binary, .between, .isIn, .isNull: false
        }
    }
}

extension Scope {
    /// The value of an expression; nil: it has none, or takes too long.
    mutating func valueIfAny(of expression: Expression) -> Value? {
        do throws(EvaluationError) { return try evaluate(expression) } catch { return nil }
    }
}

extension Expression.Operator {
    fileprivate var word: String {
        switch self {
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        case .concatenate: "||"
        case .equal: "="
        case .notEqual: "<>"
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .and: "AND"
        case .or: "OR"
        case .contains: "CONTAINS"
        case .startsWith: "STARTSWITH"
        case .endsWith: "ENDSWITH"
        }
    }
}

extension Expression.Aggregate {
    fileprivate var word: String {
        switch self {
        case .sum: "SUM"
        case .count: "COUNT"
        case .every: "EVERY"
        case .any: "ANY"
        case .min: "MIN"
        case .max: "MAX"
        }
    }
}
