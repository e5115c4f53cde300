import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Orders {
    static let listOrders = Operation(
        "listOrders", .get, "/v1/orders", "Lists orders by when they were placed.",
        grant: Need(.viewer),
        query: [
            Parameter(
                "status", .text(), "Only orders with this status; it may come several times: with any of these.",
                countMax: statusesMax),
            Parameter("workflow", .text(), "Only orders of this workflow."),
            Parameter(
                "attribute.", .text(), "Only orders with this value of an attribute: `attribute.buyer=ann`.",
                isPrefix: true),
            Parameter("placed_from", .time, "Only orders placed then or later."),
            Parameter("placed_to", .time, "Only orders placed then or earlier."),
            Parameter(
                "order", .word(Sequence.allCases.map(\.rawValue)), "Which comes first; by default the oldest."),
            Parameter(
                "id", .text(),
                "The order of this id, if the rest of the filter finds it; also where a slash in a path does not come "
                    + "through."),
            Parameter(
                "id_prefix", .text(), "Only orders whose id begins with this; their list is in order of the ids."),
        ] + AsOfParameter.parameters + PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .pageOfKnown(.named("Order")))],
        problems: [.notIndexed, .badCursor],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place], .get("/v1/orders?attribute.buyer=bob"), 200,
            #"{"items":[],"next":null,"as_of":"e2"}"#),
        handler: list)

    /// Orders that are read between two looks at the time; each of the past is folded from its events.
    private static let (sliceMax, pastSliceMax) = (100, 10)
    /// Statuses that one list is asked for.
    private static let statusesMax = 16

    /// Which order of a list comes first.
    private enum Sequence: String, CaseIterable { case oldest, newest }

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let isNewestFirst = try call.query.word("order", Sequence.self) == .newest
        let statuses = call.query.texts("status")
        var filter = OrderFilter(
            status: statuses.first, workflow: call.query.text("workflow").map { WorkflowName($0) },
            attributes: call.query.texts(beginning: "attribute.").map { OrderFilter.Attribute($0.name, $0.value) },
            sequence: isNewestFirst ? .newestFirst : .oldestFirst)
        filter.otherStatuses = Array(statuses.dropFirst())
        let moment = try AsOfParameter.read(call.query)
        let (from, to) = (try call.query.time("placed_from"), try call.query.time("placed_to"))
        let times = "\(from?.milliseconds ?? .min) \(to?.milliseconds ?? .max)"
        try await filter.checkAttributes(call)
        let isInTime = { (order: OrderView) in
            (from.map { order.placedAt >= $0 } ?? true) && (to.map { order.placedAt <= $0 } ?? true)
        }
        if call.query.text("id") != nil || call.query.text("id_prefix") != nil {
            return try await list(byID: filter, asOf: moment, times, isInTime, call)
        }
        let page = try PageRequest(call, of: Text("orders \(filter) \(moment) \(times)"), asOf: moment)
        let found = try await call.book.read { [filter] book in
            let start = try page.number ?? first(isNewestFirst, from, to, in: book)
            let slice = moment == .now ? Self.sliceMax : Self.pastSliceMax
            return try page.slices(of: slice, after: start, in: book, weighing: \.context.count) { start, limit in
                let found = try book.orders(
                    filter, asOf: moment, after: start.map { PageToken(number: $0) }, limit: limit)
                return (found.elements, found.next?.number)
            }
        }
        let items = found.elements.filter(isInTime)
        let isOver = found.elements.last.map { isBeyond($0.placedAt, isNewestFirst ? from : to, isNewestFirst) }
        // A misspelled name finds nothing in silence.
        let isEmpty = items.isEmpty && page.after == nil
        let unknown =
            isEmpty ? try await call.book.read { [filter] book in book.engine.unknownNames(in: filter) } : []
        return page.reply(items, next: isOver ?? false ? nil : found.next, unknown: unknown) { $0.order($1) }
    }

    /// The order of an id, or those whose ids begin with a text, as far as the rest of the filter finds them.
    private static func list(
        byID filter: OrderFilter, asOf moment: AsOf, _ times: String, _ isInTime: (OrderView) -> Bool, _ call: Call
    ) async throws(Problem) -> Reply {
        let (id, prefix) = (call.query.text("id"), call.query.text("id_prefix"))
        guard id == nil || prefix == nil else {
            throw .badParameter("id", "id and id_prefix do not go together")
        }
        guard prefix == nil || call.query.text("order") == nil else {
            throw .badParameter("order", "order and id_prefix do not go together: the list is in order of the ids")
        }
        let page = try PageRequest(
            call, of: Text("orders by id \(filter) \(moment) \(times) \(id ?? "") \(prefix ?? "")"), asOf: moment)
        if let id {
            let order = try await call.book.read { book in
                try book.engine.order(OrderID(id), asOf: moment, foundBy: filter)
            }
            return page.reply([order].compactMap { $0 }.filter(isInTime), next: Int64?.none) { $0.order($1) }
        }
        let after = page.after?.first.map { OrderID($0) }
        let limit = moment == .now ? page.limit : min(page.limit, Self.pastSliceMax)
        let found = try await call.book.read { book in
            try book.engine.orders(idBeginning: prefix ?? "", filter, asOf: moment, after: after, limit: limit)
        }
        return page.reply(found.elements.filter(isInTime), next: found.next.map { [$0.text] }) { $0.order($1) }
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
