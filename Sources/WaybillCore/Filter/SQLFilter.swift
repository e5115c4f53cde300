/// Chooses messages by a condition over their user properties and their tag, which it calls TAGS.
///
/// RocketMQ's dialect: comparisons, BETWEEN, IN, IS NULL, CONTAINS, STARTSWITH, ENDSWITH, AND, OR, NOT; here also
/// whole-number arithmetic. Properties are texts. One compares as a number when the other side is a number, as a truth
/// when the other side is TRUE or FALSE, else by bytes; when it does not spell such a value, or is missing, the answer
/// is UNKNOWN, and a message is chosen only by TRUE.
package struct SQLFilter: Hashable, Sendable {
    package let text: Text
    private let condition: FilterCondition

    /// Reads a condition, of at most ``ExpressionParser/textBytesMax`` bytes.
    package init(_ text: Text) throws(ExpressionProblem) {
        self.text = text
        condition = try FilterChecker.condition(try ExpressionParser.parse(text.string, dialect: .filter))
    }

    /// What the condition says of a message; nil is UNKNOWN.
    package func evaluate(tag: Text?, properties: [Text: Text]) -> Bool? {
        FilterSubject(tag: tag, properties: properties).truth(condition)
    }

    /// Whether a message is chosen.
    package func matches(tag: Text?, properties: [Text: Text]) -> Bool {
        evaluate(tag: tag, properties: properties) == true
    }
}
