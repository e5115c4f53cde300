package import WaybillCore

/// The types of events that the engine writes by itself, beside the commands of workflows.
package enum EngineEvents {
    /// Of an order.
    package static let ofOrders: Set<Text> = ["$timeout", "$cancel", "$reschedule", "$expired", "$unanswered"]
    /// Of a stock.
    package static let ofStock: Set<Text> = ["$open", "$limit", "$receive", "$adjust", "$count", "$move"]
    /// Of neither: what the audit has.
    package static let ofActs: Set<Text> = [
        "$activate", "$backup", "$clock", "$dead_letter_deleted", "$file", "$gap", "$group", "$half_message", "$hold",
        "$idle", "$lane", "$look_back", "$message_by_hand", "$operation", "$payload_read", "$recovered", "$redrive",
        "$release", "$timeout_by_hand", "$token", "$token_revoked", "$topic", "$workflow",
    ]
}
