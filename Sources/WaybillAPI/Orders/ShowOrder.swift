import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Orders {
    static let showOrder = Operation(
        "showOrder", .get, "/v1/orders/{order}", "Shows an order, now or as it was.",
        grant: Need(.viewer, .orders), query: AsOfParameter.parameters,
        answers: [Operation.Answer(200, "The order.", .named("Order"))], problems: [.unknownOrder],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.buy], .get("/v1/orders/order-8"), 200, shown),
        handler: show)

    private static func show(_ call: Call) async throws(Problem) -> Reply {
        let id = OrderID(call.path("order"))
        let moment = try AsOfParameter.read(call.query)
        let isNow = moment == .now
        let found = try await call.book.read { book in
            try book.order(id, asOf: moment).map { order in
                (
                    order: order, calls: isNow ? try book.calls(of: id) ?? [] : order.openOnes,
                    isAtRest: isNow ? try book.isAtRest(id) : nil, then: try book.engine.time(of: moment)
                )
            }
        }
        guard let found else { throw .noOrder(id, asOf: moment) }
        let headers = isNow ? [EntityTag.header(found.order.version)] : AsOfParameter.headers(found.then)
        return .json(headers: headers) { writer in
            writer.order(found.order, calls: found.calls, isAtRest: found.isAtRest)
        }
    }

    private static let shown = """
        {"id":"order-8","workflow":"flash-sale","workflow_version":3,
         "workflow_hash":"2f5370671f23a43ebecf852791b7409287d46dc58656f951a464abda67a639a9","version":1,
         "status":"awaiting payment","states":["unpaid"],"finished":false,"at_rest":false,
         "placed_at":"2026-11-29T12:00:00Z","lane":"","children":[],"calls":[],
         "timeouts":[{"name":"unpaid.after.15m","due":"2026-11-29T12:15:00Z"}],
         "holds":[{"sku":"mug","location":"","reserved":1,"sold":0,"shipped":0},
                  {"sku":"limit:mug","location":"ann","reserved":1,"sold":0,"shipped":0}],
         "possible":[{"command":"refund_done","guards":[]},{"command":"refund_failed","guards":[]},
          {"command":"refund_again",
           "guards":["event.amount_cents > 0 AND event.amount_cents <= owed[event.payment].cents"]},
          {"command":"pay","guards":["event.amount_cents = price_cents"]},{"command":"cancel","guards":[]},
          {"command":"withdraw","guards":[]}],
         "context":{"buyer":"ann","sku":"mug","at":"","price_cents":900,"limit":2,"kept_cents":0,
          "refunding_cents":0,"owed":[],"overpaid_cents":0}}
        """
}
