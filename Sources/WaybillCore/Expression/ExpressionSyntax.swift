/// An expression as it was written: the names are not resolved, the types not checked.
package struct ExpressionSyntax: Hashable, Sendable {
    /// Where it starts: UTF-8 bytes from the start of the text.
    package let offset: Int
    /// Levels of nesting, parentheses included; 1 for a name or a value.
    package let depth: Int
    package let kind: Kind

    package indirect enum Kind: Hashable, Sendable {
        case null
        case bool(Bool)
        case number(Int64)
        /// A number with decimals: in filters only.
        case decimal(DecimalNumber)
        /// Milliseconds.
        case duration(Int64)
        case text(Text)
        case name(Text)
        case member(ExpressionSyntax, Name)
        case element(ExpressionSyntax, key: ExpressionSyntax)
        case inState(Text)
        case not(ExpressionSyntax)
        case negate(ExpressionSyntax)
        case binary(Expression.Operator, ExpressionSyntax, ExpressionSyntax)
        case between(ExpressionSyntax, ExpressionSyntax, ExpressionSyntax)
        case isIn(ExpressionSyntax, [ExpressionSyntax])
        case isNull(ExpressionSyntax)
        case choice([Branch], otherwise: ExpressionSyntax?)
        case aggregate(Expression.Aggregate, each: Name, over: ExpressionSyntax, body: ExpressionSyntax)
        /// `COUNT(lines)`
        case count(ExpressionSyntax)
        case allocate(amount: ExpressionSyntax, over: ExpressionSyntax, weight: ExpressionSyntax)
    }

    /// A name and where it stands.
    package struct Name: Hashable, Sendable {
        package let text: Text
        package let offset: Int
    }

    /// One WHEN ... THEN ... of a CASE.
    package struct Branch: Hashable, Sendable {
        package let condition: ExpressionSyntax
        package let value: ExpressionSyntax
    }
}
