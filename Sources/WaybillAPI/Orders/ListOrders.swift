import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Orders {
    static let listOrders = Operation(
        "listOrders", .get, "/v1/orders", "Lists orders by when they were placed.",
        grant: Need(.viewer),
        query: [
            Parameter("status", .text(), "Only orders with this status."),
            Parameter("workflow", .text(), "Only orders of this workflow."),
            Parameter(
                "attribute.", .text(), "Only orders with this value of an attribute: `attribute.buyer=ann`.",
                isPrefix: true),
            Parameter("placed_from", .time, "Only orders placed then or later."),
            Parameter("placed_to", .time, "Only orders placed then or earlier."),
            Parameter(
                "order", .word(Sequence.allCases.map(\.rawValue)), "Which comes first; the oldest unless said."),
            Parameter("id", .text(), "The order of this id, also where a slash in a path does not come through."),
        ] + AsOfParameter.parameters + PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .page(.named("Order")))], problems: [.notIndexed, .badCursor],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place], .get("/v1/orders?attribute.buyer=bob"), 200,
            #"{"items":[],"next":null,"as_of":"e2"}"#),
        handler: list)

    /// Orders that are read between two looks at the time; each of the past is folded from its events.
    private static let (sliceMax, pastSliceMax) = (100, 10)

    /// Which order of a list comes first.
    private enum Sequence: String, CaseIterable { case oldest, newest }

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let isNewestFirst = try call.query.word("order", Sequence.self) == .newest
        let filter = OrderFilter(
            status: call.query.text("status"), workflow: call.query.text("workflow").map { WorkflowName($0) },
            attributes: call.query.texts(beginning: "attribute.").map { OrderFilter.Attribute($0.name, $0.value) },
            sequence: isNewestFirst ? .newestFirst : .oldestFirst)
        let moment = try AsOfParameter.read(call.query)
        let (from, to) = (try call.query.time("placed_from"), try call.query.time("placed_to"))
        let times = "\(from?.milliseconds ?? .min) \(to?.milliseconds ?? .max)"
        let page = try PageRequest(
            call, of: Text("orders \(filter) \(moment) \(times) \(call.query.text("id") ?? "")"), asOf: moment)
        if let id = call.query.text("id") {
            let order = try await call.book.read { book in try book.order(OrderID(id), asOf: moment) }
            return page.reply(order.map { [$0] } ?? [], next: Int64?.none) { $0.order($1) }
        }
        try await filter.checkAttributes(call)
        let found = try await call.book.read { book in
            let start = try page.number ?? first(isNewestFirst, from, to, in: book)
            let slice = moment == .now ? Self.sliceMax : Self.pastSliceMax
            return try page.slices(of: slice, after: start, in: book) { start, limit in
                let found = try book.orders(
                    filter, asOf: moment, after: start.map { PageToken(number: $0) }, limit: limit)
                return (found.elements, found.next?.number)
            }
        }
        let items = found.elements.filter { order in
            (from.map { order.placedAt >= $0 } ?? true) && (to.map { order.placedAt <= $0 } ?? true)
        }
        let isOver = found.elements.last.map { isBeyond($0.placedAt, isNewestFirst ? from : to, isNewestFirst) }
        return page.reply(items, next: isOver ?? false ? nil : found.next) { $0.order($1) }
    }

    /// The number after which a list by time begins; nil: from its first order.
    private static func first(
        _ isNewestFirst: Bool, _ from: Moment?, _ to: Moment?, in book: OrderBook
    ) throws -> Int64? {
        if isNewestFirst {
            guard let to else { return nil }
            let number = try book.engine.lastNumber(before: to.advanced(by: Engine.clockSlack * 2)).number
            return number < .max ? number + 1 : nil
        }
        return try from.map { try book.engine.lastNumber(before: $0).number }
    }

    /// Whether no later order of the list can be within its times, clocks that stepped back included.
    private static func isBeyond(_ placed: Moment, _ end: Moment?, _ isNewestFirst: Bool) -> Bool {
        guard let end else { return false }
        return isNewestFirst
            ? placed < end.advanced(by: Engine.clockSlack * -1) : placed > end.advanced(by: Engine.clockSlack)
    }
}
