/// A checked expression: every name is resolved to a slot and every operator to its typed form.
///
/// `ExpressionParser` reads the text, `ExpressionChecker` resolves and types it, `evaluate` runs it. Three-valued
/// logic: NULL stands for UNKNOWN.
package indirect enum Expression: Hashable, Sendable {
    /// Longest text that `||` makes, in UTF-8 bytes.
    package static let textBytesMax = 65_536

    case literal(Value)
    /// A context field of the order.
    case context(Int)
    /// A field of the data of the event at hand.
    case event(Int)
    /// A `derive:` entry, evaluated when asked.
    case derived(Int)
    /// A name bound by `forEach`, `each` or an aggregate: 0 is the outermost.
    case bound(Int)
    case now
    case order(OrderFact)
    /// A field of a record; NULL of NULL.
    case member(Expression, Int)
    /// The element of a keyed collection with this key, or NULL.
    case element(Expression, key: Expression)
    case inState(Int)
    case not(Expression)
    case negate(Expression)
    case binary(Operator, Expression, Expression)
    case between(Expression, Expression, Expression)
    case isIn(Expression, [Expression])
    case isNull(Expression)
    /// CASE WHEN ... THEN ... ELSE ... END; without ELSE, NULL.
    case choice([Branch], otherwise: Expression?)
    /// How many elements a list has.
    case count(Expression)
    /// An aggregate over a list; the element is bound as `.bound(depth)` in `body`.
    case aggregate(Aggregate, over: Expression, depth: Int, body: Expression)
    /// The amount split over the elements by weight, largest remainder first: a list of records (key, amount), without
    /// those who get nothing.
    case allocate(amount: Expression, over: Expression, depth: Int, weight: Expression)

    package struct Branch: Hashable, Sendable {
        package let condition: Expression
        package let value: Expression
        package init(condition: Expression, value: Expression) {
            self.condition = condition
            self.value = value
        }
    }

    package enum Operator: Hashable, Sendable {
        case add, subtract, multiply, divide, remainder, concatenate
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case and, or
        case contains, startsWith, endsWith
    }

    package enum Aggregate: Hashable, Sendable {
        case sum, count, every, any, min, max
    }

    /// What every order knows of itself: `order.id`, `order.version`, `order.placed_at`.
    package enum OrderFact: Hashable, Sendable {
        case id, version, placedAt
    }
}
