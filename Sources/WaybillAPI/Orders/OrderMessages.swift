import Waybill
import WaybillAccess
import WaybillCore

extension Orders {
    static let orderMessages = Operation(
        "orderMessages", .get, "/v1/orders/{order}/messages",
        "Lists what an order has sent, event by event, and where each message stands in each group.",
        grant: Need(.viewer, .orders), query: PageRequest.parameters,
        answers: [Operation.Answer(200, "The messages of a page of events.", .page(.any))],
        problems: [.unknownOrder, .badCursor],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place], .get("/v1/orders/order-7/messages"), 200,
            #"""
            {"items":[{"id":"e2-0-a84ea1827657f78c","topic":"order","born_at":"2026-11-29T12:00:00Z",
             "standing":"visible","visible_since":"2026-11-29T12:00:00Z","groups":[],"deliveries":[],
             "deliveries_since":"2026-11-29T12:00:00Z"}],"next":null}
            """#),
        handler: list)

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let id = OrderID(call.path("order"))
        let page = try PageRequest(call, of: "messages of \(id)")
        let found = try await call.book.read { book in
            let events = try book.details(of: id, after: page.number ?? 0, limit: page.limit)
            return try events.map { events in
                let traces = try events.flatMap(\.messages).flatMap {
                    try book.messages.trace(id: MessageID($0.id.text))
                }
                return (traces: traces, next: events.count == page.limit ? events.last?.version : nil)
            }
        }
        guard let found else { throw Problem(.unknownOrder(id)) }
        return page.reply(found.traces, next: found.next) { $0.trace($1) }
    }
}
