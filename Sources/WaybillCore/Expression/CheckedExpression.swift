/// An expression that is ready to run, and what its user must know of it.
package struct CheckedExpression: Hashable, Sendable {
    /// Deepest nesting through `derive:` entries that use each other: what bounds the stack of the evaluator.
    package static let depthMax = 128

    package let expression: Expression
    package let type: ValueType
    /// Whether it can be NULL.
    package let isOptional: Bool
    /// Nodes times the bounds of the collections they run over; saturates.
    package let cost: Int
    /// Levels of nesting, those of the `derive:` entries it uses included.
    package let depth: Int
}

/// What the place where an expression stands asks of it.
package enum ExpectedType: Hashable, Sendable {
    /// A guard, an invariant, a `when:`: a bool, of which only TRUE counts, so that it may be UNKNOWN.
    case condition
    /// What a field of this type takes.
    case value(ValueType, isOptional: Bool)
    /// What `forEach:` and `each:` run over.
    case list
}

/// Reads and checks `text`: resolves its names in `names`, types its operators, bounds its cost.
package func checkExpression(
    _ text: String, in names: NameScope, expecting: ExpectedType? = nil
) throws(ExpressionProblem) -> CheckedExpression {
    let syntax = try ExpressionParser.parse(text)
    var checker = ExpressionChecker(names)
    let checked = try checker.check(syntax)
    if let expecting { try expecting.accept(checked, at: syntax.offset) }
    return checked
}

extension ExpectedType {
    fileprivate func accept(_ checked: CheckedExpression, at offset: Int) throws(ExpressionProblem) {
        switch self {
        case .condition:
            guard checked.type == .bool else {
                throw ExpressionProblem(
                    .type, at: offset, "found \(checked.type.phrase), expected a condition",
                    hint: "compare it with something, such as > 0 or IS NOT NULL")
            }
        case .list:
            guard case .list = checked.type else {
                throw ExpressionProblem(.type, at: offset, "found \(checked.type.phrase), expected a collection")
            }
        case .value(let type, let isOptional):
            guard checked.type.fits(type) else {
                throw ExpressionProblem(
                    .type, at: offset, "found \(checked.type.fullPhrase), expected \(type.fullPhrase)",
                    hint: checked.type.isNumber && type == .text ? "'' || x makes a text of a number" : nil)
            }
            guard isOptional || !checked.isOptional else {
                throw ExpressionProblem(
                    .type, at: offset, "found \(type.phrase) that may be NULL, expected one that never is",
                    hint: "write CASE WHEN x IS NOT NULL THEN x ELSE ... END")
            }
        }
    }
}
