package import WaybillCore

/// Something that did not go as a history says, or that was changed so that it could.
package struct HistoryDifference: Hashable, Sendable {
    package var order: OrderID
    package var kind: Kind
    package var at: Moment
    /// The step that it is about.
    package var command: EventName
    /// A word for programs: the code of the refusal, or the kind again.
    package var code: Text
    /// A sentence for people.
    package var reason: Text

    package enum Kind: String, Sendable, CaseIterable {
        /// A step was refused and skipped; the order differs.
        case refused
        /// Every step was accepted, and the order ended in another state than the history says; it differs.
        case incomplete
        /// The order did not come to the state that an export says; it differs.
        case differs
        /// Lenient: a step happened later than recorded, at the time of the one before it.
        case moved
        /// Lenient: a step that the history lacks, and that later ones require, was made up.
        case missing
        /// Lenient: a step was left out, because it contradicts how the history says the order ended.
        case leftOut = "left_out"

        /// Whether the order itself differs, and not only the way to it.
        package var isOfOrders: Bool {
            switch self {
            case .refused, .incomplete, .differs: true
            case .moved, .missing, .leftOut: false
            }
        }
    }
}

/// What an import came to.
package struct ImportResult: Hashable, Sendable, Codable {
    /// Orders that the history speaks of.
    package var orders = 0
    package var accepted = 0
    package var refused = 0
    /// Steps that an earlier run had brought in.
    package var alreadyThere = 0
    /// Steps that repeat one before them, and changed nothing.
    package var repeated = 0
    /// Orders of which a step was refused.
    package var refusedOrders = 0
    /// Other orders that ended in another state than the history says.
    package var incompleteOrders = 0
    package var moved = 0
    package var missing = 0
    package var leftOut = 0
    /// Stock commands that were refused.
    package var refusedStock = 0

    package var differingOrders: Int { refusedOrders + incompleteOrders }

    /// `201 of 18846 orders differ (197 refused, 4 incomplete)`
    package var summary: String {
        let line = "\(differingOrders) of \(orders) orders differ"
        return differingOrders == 0 ? line : "\(line) (\(refusedOrders) refused, \(incompleteOrders) incomplete)"
    }
}
