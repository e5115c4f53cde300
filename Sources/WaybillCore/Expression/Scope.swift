/// What an expression can see while it runs.
package struct Scope {
    package var context: [Value]
    package var event: [Value]
    package var bound: [Value]
    package var derived: [Expression]
    package var configuration: StateSet
    package var now: Moment
    package var orderID: Text
    package var version: Int64
    package var placedAt: Moment
    /// Steps that evaluation may still take. Each part of an expression is one, each element that is passed another.
    package var stepsLeft = Int.max

    package init(
        context: [Value], event: [Value] = [], bound: [Value] = [], derived: [Expression] = [],
        configuration: StateSet = StateSet(), now: Moment, orderID: Text, version: Int64, placedAt: Moment
    ) {
        self.context = context
        self.event = event
        self.bound = bound
        self.derived = derived
        self.configuration = configuration
        self.now = now
        self.orderID = orderID
        self.version = version
        self.placedAt = placedAt
    }
}
