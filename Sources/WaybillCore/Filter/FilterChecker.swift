/// Turns the syntax of an expression into a filter's condition, and refuses what a filter cannot say.
enum FilterChecker {
    /// What an operand is before any message is seen.
    fileprivate enum Sort {
        /// A property or the tag: whatever the other side asks.
        case property
        case number, text, bool
    }

    static func condition(_ syntax: ExpressionSyntax) throws(ExpressionProblem) -> FilterCondition {
        switch syntax.kind {
        case .bool(let bool): return .constant(bool)
        case .name: return .truth(try operand(syntax))
        case .not(let inner): return .not(try condition(inner))
        case .binary(.and, let left, let right): return .and(try condition(left), try condition(right))
        case .binary(.or, let left, let right): return .or(try condition(left), try condition(right))
        case .binary(let operation, let left, let right):
            guard let comparison = operation.comparison else { throw notACondition(syntax) }
            return try compared(comparison, left, right)
        case .between(let value, let low, let high):
            return .and(try compared(.greaterOrEqual, value, low), try compared(.lessOrEqual, value, high))
        case .isIn(let value, let values): return try isIn(value, values)
        case .isNull(let inner):
            guard case .name = inner.kind else {
                throw ExpressionProblem(
                    .type, at: inner.offset, "only a property can be missing, and this is none",
                    hint: "write: region IS NULL")
            }
            return .isNull(try operand(inner))
        case .null, .number, .decimal, .duration, .text, .negate, .member, .element, .inState, .choice, .aggregate,
            .count, .allocate:
            // What is no operand either is refused by its own reason.
            _ = try operand(syntax)
            throw notACondition(syntax)
        }
    }

    private static func notACondition(_ syntax: ExpressionSyntax) -> ExpressionProblem {
        if case .binary(.concatenate, _, _) = syntax.kind {
            return ExpressionProblem(
                .type, at: syntax.offset, "found '||', which a condition does not know",
                hint: "a list of tags is a filter of type TAG; here write TAGS IN ('a', 'b')")
        }
        return ExpressionProblem(
            .type, at: syntax.offset, "found a value, expected a condition", hint: "compare it with something")
    }

    private static func isIn(
        _ value: ExpressionSyntax, _ values: [ExpressionSyntax]
    ) throws(ExpressionProblem) -> FilterCondition {
        var candidates: [FilterOperand] = []
        for candidate in values {
            guard case .compared(_, _, let operand) = try compared(.equal, value, candidate) else { continue }
            candidates.append(operand)
        }
        return .isIn(try operand(value), candidates)
    }

    /// A comparison of two sides that can be of one kind.
    private static func compared(
        _ comparison: FilterComparison, _ left: ExpressionSyntax, _ right: ExpressionSyntax
    ) throws(ExpressionProblem) -> FilterCondition {
        let (first, second) = (try operand(left), try operand(right))
        switch (first.sort, second.sort) {
        case (.property, .property), (.text, .text), (.property, .text), (.text, .property): break
        case (.number, .number), (.property, .number), (.number, .property):
            if comparison.isOfTexts { throw needsText(first.sort == .number ? left : right, "a number") }
        case (.bool, .bool), (.property, .bool), (.bool, .property):
            guard comparison == .equal || comparison == .notEqual else {
                throw ExpressionProblem(
                    .type, at: left.offset, "TRUE and FALSE have no order", hint: "write = TRUE, or <> TRUE")
            }
        case (.number, .text), (.text, .number), (.number, .bool), (.bool, .number), (.text, .bool), (.bool, .text):
            throw ExpressionProblem(
                .type, at: right.offset, "found \(second.sort.phrase), expected \(first.sort.phrase) as on the left",
                hint: "only properties take the kind of the other side")
        }
        return .compared(comparison, first, second)
    }

    private static func needsText(_ syntax: ExpressionSyntax, _ found: String) -> ExpressionProblem {
        ExpressionProblem(
            .type, at: syntax.offset, "found \(found), expected a text", hint: "texts stand in single quotes: '5'")
    }

    private static func operand(_ syntax: ExpressionSyntax) throws(ExpressionProblem) -> FilterOperand {
        switch syntax.kind {
        case .name(let name): return name == "TAGS" ? .tag : .property(name)
        case .number(let number): return .number(DecimalNumber(number))
        case .decimal(let number): return .number(number)
        case .text(let text): return .text(text)
        case .bool(let bool): return .bool(bool)
        case .negate(let inner):
            let operand = try operand(inner)
            guard operand.sort == .number || operand.sort == .property else {
                throw ExpressionProblem(.type, at: inner.offset, "found \(operand.sort.phrase), expected a number")
            }
            return .negated(operand)
        case .binary(let operation, let left, let right):
            guard let arithmetic = operation.arithmetic else { throw notAnOperand(syntax) }
            return .computed(arithmetic, try term(left), try term(right))
        case .null:
            throw ExpressionProblem(
                .type, at: syntax.offset, "nothing equals NULL", hint: "write IS NULL, or IS NOT NULL")
        case .duration:
            throw ExpressionProblem(.type, at: syntax.offset, "found a duration, expected a number")
        case .not, .between, .isIn, .isNull, .member, .element, .inState, .choice, .aggregate, .count, .allocate:
            throw notAnOperand(syntax)
        }
    }

    /// A side of an arithmetic operator.
    private static func term(_ syntax: ExpressionSyntax) throws(ExpressionProblem) -> FilterOperand {
        let operand = try operand(syntax)
        switch operand.sort {
        case .property: return operand
        case .number:
            if case .number(let number) = operand, number.int64 == nil {
                throw ExpressionProblem(
                    .type, at: syntax.offset, "numbers with decimals can be compared, not computed with")
            }
            return operand
        case .text, .bool:
            throw ExpressionProblem(.type, at: syntax.offset, "found \(operand.sort.phrase), expected a number")
        }
    }

    private static func notAnOperand(_ syntax: ExpressionSyntax) -> ExpressionProblem {
        switch syntax.kind {
        case .member, .element:
            ExpressionProblem(
                .type, at: syntax.offset, "properties have no parts",
                hint: "a filter names them by letters, digits, _, $")
        case .inState, .choice, .aggregate, .count, .allocate:
            ExpressionProblem(.type, at: syntax.offset, "a filter knows no functions")
        case .binary(.concatenate, _, _): notACondition(syntax)
        case .null, .bool, .number, .decimal, .duration, .text, .name, .not, .negate, .binary, .between, .isIn, .isNull:
            ExpressionProblem(.type, at: syntax.offset, "found a condition, expected a value")
        }
    }
}

extension FilterOperand {
    fileprivate var sort: FilterChecker.Sort {
        switch self {
        case .property, .tag: .property
        case .number, .negated, .computed: .number
        case .text: .text
        case .bool: .bool
        }
    }
}

extension FilterChecker.Sort {
    fileprivate var phrase: String {
        switch self {
        case .property: "a property"
        case .number: "a number"
        case .text: "a text"
        case .bool: "TRUE or FALSE"
        }
    }
}

extension FilterComparison {
    fileprivate var isOfTexts: Bool {
        switch self {
        case .contains, .startsWith, .endsWith: true
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: false
        }
    }
}

extension Expression.Operator {
    fileprivate var comparison: FilterComparison? {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .contains: .contains
        case .startsWith: .startsWith
        case .endsWith: .endsWith
        case .add, .subtract, .multiply, .divide, .remainder, .concatenate, .and, .or: nil
        }
    }

    fileprivate var arithmetic: FilterArithmetic? {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .remainder: .remainder
        case .concatenate, .and, .or, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .contains,
            .startsWith, .endsWith:
            nil
        }
    }
}
