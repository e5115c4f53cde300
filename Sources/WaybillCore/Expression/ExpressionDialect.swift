/// Where an expression stands: the language is one, its numbers and keywords differ.
package enum ExpressionDialect: Hashable, Sendable {
    /// A workflow file: whole numbers and durations, CASE.
    case workflow
    /// A consumer's filter: numbers with decimals, `$` in names, and no CASE, whose words may name properties.
    case filter

    /// What to do about an expression that is too big.
    var sizeHint: String {
        switch self {
        case .workflow: "move parts of it to `derive:`"
        case .filter: "let the producer set one property that says what these conditions find out"
        }
    }

    /// Whether a word is a keyword here.
    func knows(_ keyword: ExpressionToken.Keyword) -> Bool {
        switch keyword {
        case .case, .when, .then, .else, .end: self == .workflow
        case .and, .or, .not, .between, .in, .is, .null, .true, .false, .contains, .startswith, .endswith: true
        }
    }
}
