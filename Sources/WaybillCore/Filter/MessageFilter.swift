/// Which messages of a topic a consumer wants.
package enum MessageFilter: Hashable, Sendable {
    /// How an expression is to be read.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case tag, sql
    }

    case tag(TagFilter)
    case sql(SQLFilter)
    /// No expression, or one that cannot be read: nothing is delivered, and whoever asks is told why.
    case nothing(ExpressionProblem)

    /// Takes every message.
    package static let everything = MessageFilter.tag(.everything)

    /// Reads an expression; a consumer whose expression is refused here must be told.
    package init(_ kind: Kind, _ expression: Text) throws(ExpressionProblem) {
        switch kind {
        case .tag: self = .tag(try TagFilter(expression))
        case .sql: self = .sql(try SQLFilter(expression))
        }
    }

    /// The filter of a subscription as it was kept. What is missing or cannot be read never means all messages.
    package static func kept(_ kind: Kind?, _ expression: Text?) -> MessageFilter {
        guard let kind, let expression else {
            return .nothing(
                ExpressionProblem(
                    .syntax, at: 0, "the filter is missing", hint: "subscribe again; * takes all messages"))
        }
        do throws(ExpressionProblem) {
            return try MessageFilter(kind, expression)
        } catch {
            return .nothing(error)
        }
    }

    /// Why nothing is delivered; nil: the filter works.
    package var problem: ExpressionProblem? {
        switch self {
        case .tag, .sql: nil
        case .nothing(let problem): problem
        }
    }

    /// Whether the tag alone does not tell, so that the message's properties must be read first.
    package var readsProperties: Bool {
        switch self {
        case .tag, .nothing: false
        case .sql: true
        }
    }

    /// Whether a message is wanted.
    package func matches(tag: Text?, properties: [Text: Text]) -> Bool {
        switch self {
        case .tag(let filter): filter.matches(tag: tag)
        case .sql(let filter): filter.matches(tag: tag, properties: properties)
        case .nothing: false
        }
    }
}
