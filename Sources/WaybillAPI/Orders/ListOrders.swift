import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Orders {
    static let listOrders = Operation(
        "listOrders", .get, "/v1/orders", "Lists orders in the order in which they were placed.",
        grant: Need(.viewer),
        query: [
            Parameter("status", .text(), "Only orders with this status."),
            Parameter("workflow", .text(), "Only orders of this workflow."),
            Parameter(
                "attribute.", .text(), "Only orders with this value of an attribute: `attribute.buyer=ann`.",
                isPrefix: true),
            Parameter("id", .text(), "The order of this id, also where a slash in a path does not come through."),
        ] + AsOfParameter.parameters + PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .page(.named("Order")))], problems: [.notIndexed, .badCursor],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place], .get("/v1/orders?attribute.buyer=bob"), 200,
            #"{"items":[],"next":null}"#),
        handler: list)

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let filter = OrderFilter(
            status: call.query.text("status"), workflow: call.query.text("workflow").map { WorkflowName($0) },
            attributes: call.query.texts(beginning: "attribute.").map { OrderFilter.Attribute($0.name, $0.value) })
        let moment = try AsOfParameter.read(call.query)
        let page = try PageRequest(call, of: Text("orders \(filter) \(moment) \(call.query.text("id") ?? "")"))
        if let id = call.query.text("id") {
            let order = try await call.book.read { book in try book.order(OrderID(id), asOf: moment) }
            return page.reply(order.map { [$0] } ?? [], next: Int64?.none) { $0.order($1) }
        }
        let found = try await call.book.read { book in
            let known = filter.attributes.isEmpty ? [] : try book.engine.attributeNames()
            if let unknown = filter.attributes.first(where: { !known.contains($0.name) }) {
                throw Problem(
                    .notIndexed,
                    "no workflow of this file has an attribute '\(unknown.name)'; there are: "
                        + known.sorted().map(\.string).joined(separator: ", "))
            }
            return try book.orders(
                filter, asOf: moment, after: page.number.map { PageToken(number: $0) }, limit: page.limit)
        }
        return page.reply(found.elements, next: found.next?.number) { $0.order($1) }
    }
}
