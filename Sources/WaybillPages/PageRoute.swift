import WaybillCore

/// One address of the dashboard with what answers there. The list is all that there is.
struct PageRoute: Sendable {
    let method: String
    /// Names it in metrics.
    let name: String
    let segments: [String]
    let place: Place?
    let handler: @Sendable (Visit) async throws(Refused) -> Outcome

    /// - Parameter path: with its parameters in braces.
    init(
        _ method: String, _ path: String, _ name: String, at place: Place?,
        _ handler: @escaping @Sendable (Visit) async throws(Refused) -> Outcome
    ) {
        self.method = method
        self.name = "page.\(name)"
        segments = path.split(separator: "/").map(String.init)
        self.place = place
        self.handler = handler
    }

    /// The parameters of a path; nil: it is another one.
    func parameters(of path: [Text]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, text) in zip(segments, path) {
            if segment.hasPrefix("{") {
                guard !text.isEmpty else { return nil }
                parameters[String(segment.dropFirst().dropLast())] = text.string
            } else if Text(segment) != text {
                return nil
            }
        }
        return parameters
    }

    static let all: [PageRoute] = orders + timeouts + stock + messages + run + SimpleActs.all.flatMap(\.routes) + live

    private static let orders = [
        PageRoute("GET", "/", "overview", at: .overview, OverviewPage.answer),
        PageRoute("GET", "/orders", "orders", at: .orders, OrderList.answer),
        PageRoute("GET", "/orders/{order}", "order", at: .orders, OrderPage.answer),
        PageRoute("GET", "/orders/{order}/why", "why", at: .orders, WhyPage.answer),
        PageRoute("GET", "/orders/{order}/timeouts/{timeout}", "timeout", at: .orders, ChangeOneTimeout.choose),
        PageRoute(
            "GET", "/orders/{order}/timeouts/{timeout}/preview", "timeout", at: .orders, ChangeOneTimeout.preview),
        PageRoute(
            "POST", "/orders/{order}/timeouts/{timeout}/preview", "timeout", at: .orders, ChangeOneTimeout.change),
        PageRoute("GET", "/orders/{order}/commands/{command}", "command", at: .orders, SendCommandAct.choose),
        PageRoute("GET", "/orders/{order}/commands/{command}/preview", "command", at: .orders, SendCommandAct.preview),
        PageRoute("POST", "/orders/{order}/commands/{command}/preview", "command", at: .orders, SendCommandAct.send),
    ]

    private static let timeouts = [
        PageRoute("GET", "/timeouts", "timeouts", at: .timeouts, TimeoutList.answer),
        PageRoute("GET", "/timeouts/change", "timeouts", at: .timeouts, ChangeManyTimeouts.choose),
        PageRoute("GET", "/timeouts/change/preview", "timeouts", at: .timeouts, ChangeManyTimeouts.preview),
        PageRoute("POST", "/timeouts/change/preview", "timeouts", at: .timeouts, ChangeManyTimeouts.start),
    ]

    private static let stock = [
        PageRoute("GET", "/stock", "stock", at: .stock, StockList.answer),
        PageRoute("GET", "/stock/{sku}", "stock", at: .stock, StockPage.answer),
        PageRoute("GET", "/stock-change", "stock", at: .stock, ChangeStockAct.choose),
        PageRoute("GET", "/stock-change/preview", "stock", at: .stock, ChangeStockAct.preview),
        PageRoute("POST", "/stock-change/preview", "stock", at: .stock, ChangeStockAct.change),
    ]

    private static let messages = [
        PageRoute("GET", "/topics", "topics", at: .topics, TopicPages.list),
        PageRoute("GET", "/topics/{topic}", "topic", at: .topics, TopicPages.topic),
        PageRoute("GET", "/groups/{group}", "group", at: .topics, GroupPage.answer),
        PageRoute("GET", "/groups/{group}/look-back", "group", at: .topics, LookBackAct.choose),
        PageRoute("GET", "/groups/{group}/look-back/preview", "group", at: .topics, LookBackAct.preview),
        PageRoute("POST", "/groups/{group}/look-back/preview", "group", at: .topics, LookBackAct.move),
        PageRoute("GET", "/messages", "messages", at: .messages, MessageList.answer),
        PageRoute("GET", "/messages/{message}", "message", at: .messages, MessagePage.answer),
        PageRoute("GET", "/dead-letters", "deadLetters", at: .deadLetters, DeadLetterPage.answer),
        PageRoute("GET", "/half-messages", "halfMessages", at: .halfMessages, HalfMessagePage.answer),
    ]

    private static let run = [
        PageRoute("GET", "/workflows", "workflows", at: .workflows, WorkflowPages.list),
        PageRoute("GET", "/workflows/{workflow}", "workflow", at: .workflows, WorkflowPages.one),
        PageRoute("GET", "/workflow-check", "workflow", at: .workflows, WorkflowPages.check),
        PageRoute("POST", "/workflow-check", "workflow", at: .workflows, WorkflowPages.check),
        PageRoute("GET", "/operations", "operations", at: .operations, OperationPages.list),
        PageRoute("GET", "/operations/{operation}", "operation", at: .operations, OperationPages.one),
        PageRoute("GET", "/audit", "audit", at: .audit, AuditPage.answer),
        PageRoute("GET", "/access", "access", at: .access, AccessPage.list),
        PageRoute("GET", "/access/new", "access", at: .access, AccessPage.new),
        PageRoute("POST", "/access/new", "access", at: .access, AccessPage.make),
        PageRoute("GET", "/health", "health", at: .health, HealthPage.answer),
    ]

    private static let live = [
        PageRoute("GET", "/live/orders/{order}", "live", at: nil, LiveStreams.order),
        PageRoute("GET", "/live/overview", "live", at: nil, LiveStreams.overview),
        PageRoute("GET", "/live/operations/{operation}", "live", at: nil, LiveStreams.operation),
    ]
}

/// Streams that tell a page that it is old. They are those of the API, for a browser whose session says who it is.
enum LiveStreams {
    static func order(_ visit: Visit) async throws(Refused) -> Outcome {
        .reply(
            try await visit.asker.reply(
                Target("/v1/orders", visit["order"]).then("stream").string, lastEventID: visit.lastEventID))
    }

    static func overview(_ visit: Visit) async throws(Refused) -> Outcome {
        .reply(try await visit.asker.reply("/v1/overview/stream", lastEventID: visit.lastEventID))
    }

    static func operation(_ visit: Visit) async throws(Refused) -> Outcome {
        .reply(
            try await visit.asker.reply(
                Target("/v1/operations", visit["operation"]).then("stream").string, lastEventID: visit.lastEventID))
    }
}
