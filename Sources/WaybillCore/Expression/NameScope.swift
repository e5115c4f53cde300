/// The names that an expression may use, and where their values lie.
package struct NameScope: Sendable {
    /// The fields of the order, by bare name.
    package var context: RecordType
    /// The `derive:` entries that may be used here, in the order of `Scope.derived`.
    package var derived: [Derived]
    /// The data of the event at hand, as `event.name`; nil where no event is at hand.
    package var event: RecordType?
    /// Names bound by `forEach`, the outermost first: their places in `Scope.bound`.
    package var bound: [Bound]
    /// A bound element whose fields are bare names and hide those of the context: the line of a stock action's `each:`.
    package var element: Element?
    /// The paths of the states, in document order, for IN_STATE.
    package var states: [Text]

    package init(
        context: RecordType, derived: [Derived] = [], event: RecordType? = nil, bound: [Bound] = [],
        element: Element? = nil, states: [Text] = []
    ) {
        self.context = context
        self.derived = derived
        self.event = event
        self.bound = bound
        self.element = element
        self.states = states
    }

    /// A `derive:` entry, as its users see it.
    package struct Derived: Sendable {
        package let name: Text
        package let expression: Expression
        package let type: ValueType
        package let isOptional: Bool
        package let cost: Int
        package let depth: Int

        package init(name: Text, _ checked: CheckedExpression) {
            self.name = name
            expression = checked.expression
            type = checked.type
            isOptional = checked.isOptional
            cost = checked.cost
            depth = checked.depth
        }
    }

    package struct Bound: Hashable, Sendable {
        package let name: Text
        package let type: ValueType

        package init(name: Text, type: ValueType) {
            self.name = name
            self.type = type
        }
    }

    package struct Element: Hashable, Sendable {
        package let record: RecordType
        /// Its place in `Scope.bound`.
        package let depth: Int

        package init(record: RecordType, depth: Int) {
            self.record = record
            self.depth = depth
        }
    }

    /// What `order.name` gives.
    static let orderFacts: [(name: Text, fact: Expression.OrderFact, type: ValueType)] = [
        ("id", .id, .text), ("version", .version, .number(.count)), ("placed_at", .placedAt, .number(.time)),
    ]
}
