/// A place of the navigation.
enum Place: String, CaseIterable, Sendable {
    case overview, orders, timeouts, stock, topics, messages, deadLetters, halfMessages, workflows, operations, audit,
        access, health

    var title: String {
        switch self {
        case .overview: "Overview"
        case .orders: "Orders"
        case .timeouts: "Timeouts"
        case .stock: "Stock"
        case .topics: "Topics and groups"
        case .messages: "Messages"
        case .deadLetters: "Dead letters"
        case .halfMessages: "Half messages"
        case .workflows: "Workflows"
        case .operations: "Operations"
        case .audit: "Audit"
        case .access: "Access"
        case .health: "Health"
        }
    }

    var target: String {
        switch self {
        case .overview: "/"
        case .deadLetters: "/dead-letters"
        case .halfMessages: "/half-messages"
        case .orders, .timeouts, .stock, .topics, .messages, .workflows, .operations, .audit, .access, .health:
            "/\(rawValue)"
        }
    }

    /// The operation that a page is made of: who may not ask for it is not led there.
    var operation: String {
        switch self {
        case .overview: "showOverview"
        case .orders: "listOrders"
        case .timeouts: "listTimeouts"
        case .stock: "listStock"
        case .topics: "listTopics"
        case .messages: "findMessages"
        case .deadLetters: "listGroups"
        case .halfMessages: "listHalfMessages"
        case .workflows: "listWorkflows"
        case .operations: "listOperations"
        case .audit: "listAudits"
        case .access: "listTokens"
        case .health: "showHealth"
        }
    }

    static let groups: [(title: String, places: [Place])] = [
        ("Orders", [.overview, .orders, .timeouts, .stock]),
        ("Messages", [.topics, .messages, .deadLetters, .halfMessages]),
        ("Run", [.workflows, .operations, .audit, .access, .health]),
    ]
}
