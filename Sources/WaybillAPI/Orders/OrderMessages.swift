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
             "deliveries_since":"2026-11-29T12:00:00Z"}],"next":null,"as_of":"e2"}
            """#),
        handler: list)

    /// Events whose messages are looked up between two looks at the time.
    private static let sliceMax = 20

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let id = OrderID(call.path("order"))
        let page = try PageRequest(call, of: "messages of order \(id)")
        let found = try await call.book.read { book in
            try page.slices(of: sliceMax, after: page.number, in: book) { last, limit in
                guard let events = try book.details(of: id, after: last ?? 0, limit: limit) else {
                    throw Problem(.unknownOrder(id))
                }
                let traces = try events.flatMap(\.messages).flatMap {
                    try book.messages.trace(id: MessageID($0.id.text))
                }
                return (traces, events.count == limit ? events.last?.version : nil)
            }
        }
        return page.reply(found.elements, next: found.next) { $0.trace($1) }
    }
}
