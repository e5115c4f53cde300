extension Order {
    /// Whether the order is at rest: no pending timeout, no call open or unanswered, no child that is not at rest.
    /// Nothing happens to it by itself then, and nothing outside owes it an answer.
    ///
    /// - Parameter isChildAtRest: the same of a child, by its id.
    package func isAtRest(_ isChildAtRest: (OrderID) throws -> Bool) rethrows -> Bool {
        guard timeouts.isEmpty, calls.isEmpty else { return false }
        return try children.allSatisfy { try isChildAtRest(childID($0.id)) }
    }
}
