/// Why the text of an expression was not accepted: where, what is wrong, and how to fix it.
package struct ExpressionProblem: Error, Hashable, Sendable {
    /// Which rule was broken, for callers that treat limits differently from mistakes.
    package enum Kind: Hashable, Sendable {
        /// More than ``ExpressionParser/textBytesMax`` bytes.
        case textTooLong
        /// Nested deeper than ``ExpressionParser/depthMax``, or through `derive:` deeper than
        /// ``CheckedExpression/depthMax``.
        case tooDeep
        /// More than ``ExpressionParser/nodeCountMax`` names, values and operators.
        case tooManyNodes
        /// The text is not an expression.
        case syntax
        /// A name that does not exist here.
        case name
        /// A value of the wrong type or unit.
        case type
    }

    package let kind: Kind
    /// UTF-8 bytes from the start of the text.
    package let offset: Int
    package let message: String
    /// The nearest name that exists, or another way to say it.
    package let hint: String?
    /// The name that nothing has here, when that is the problem.
    package let unknown: Unknown?

    /// A name that nothing has.
    package enum Unknown: Hashable, Sendable {
        case name(Text)
        /// A field of a record, of the event or of the order, or a state.
        case part(Text)

        package var text: Text {
            switch self {
            case .name(let text), .part(let text): text
            }
        }
    }

    package init(_ kind: Kind, at offset: Int, _ message: String, hint: String? = nil, unknown: Unknown? = nil) {
        self.kind = kind
        self.unknown = unknown
        self.offset = offset
        self.message = message
        self.hint = hint
    }
}
