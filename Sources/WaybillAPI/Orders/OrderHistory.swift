import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Orders {
    static let orderHistory = Operation(
        "orderHistory", .get, "/v1/orders/{order}/history",
        "Lists the events of an order, the oldest first: what was asked, and what came of it.",
        grant: Need(.viewer, .orders),
        query: [Parameter("after", .integer(0...Int64.max), "Events after this version of the order.")]
            + AsOfParameter.parameters + PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .page(.named("Event")))], problems: [.unknownOrder, .badCursor],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place], .get("/v1/orders/order-7/history"), 200,
            """
            {"items":[{"event":"e2","version":1,"type":"place","at":"2026-11-29T12:00:00Z","caller":"owner",
             "key":"cart-42","cause":null,"trace":null,"by":"buyer",
             "asked":{"shop":"7","buyer":"ann","pay_within":"30m","freight_cents":600,"discount_cents":0,
              "lines":[{"line":"1","sku":"mug","at":"","qty":2,"price_cents":900}]},
             "facts":[{"stock":"available"}],"status":"awaiting payment",
             "entered":["money.unpaid","goods.waiting","aftersale.watching"],
             "armed":[{"timeout":"pay_due","due":"2026-11-29T12:30:00Z"}],
             "stock":[{"verb":"reserve","sku":"mug","location":"","quantity":2}],
             "messages":[{"id":"e2-0-a84ea1827657f78c","topic":"order","tag":"placed"}]}],"next":null,"as_of":"e2"}
            """),
        handler: history)

    private static func history(_ call: Call) async throws(Problem) -> Reply {
        let id = OrderID(call.path("order"))
        let moment = try AsOfParameter.read(call.query)
        let page = try PageRequest(call, of: Text("history of \(id) \(moment)"), asOf: moment)
        let after = try call.query.int("after", in: 0...Int64.max) ?? 0
        let found = try await call.book.read { book -> (events: [EventDetail], links: [Position: Text], last: Int64)? in
            let last = moment == .now ? Int64.max : try book.order(id, asOf: moment)?.version
            let events = try book.details(of: id, after: page.number ?? after, limit: page.limit)
            guard let last, let events else { return nil }
            return (events, try links(of: events, in: book), last)
        }
        guard let (events, links, last) = found else { throw .noOrder(id, asOf: moment) }
        let next = events.count == page.limit ? events.last.map(\.version) : nil
        return page.reply(events.filter { $0.version <= last }, next: next.flatMap { $0 < last ? $0 : nil }) {
            $0.event($1, link: links[$1.position])
        }
    }

    /// The trace contexts of the events that led to those without one: of a timeout, that of the event which armed it.
    static func links(of events: [EventDetail], in book: OrderBook) throws -> [Position: Text] {
        var known: [Position: Text?] = [:]
        for event in events { known[event.position] = .some(event.trace) }
        var links: [Position: Text] = [:]
        for event in events where event.trace == nil {
            guard let cause = event.cause else { continue }
            let trace = try known[cause] ?? book.engine.trace(of: cause)
            known[cause] = .some(trace)
            links[event.position] = trace
        }
        return links
    }
}
