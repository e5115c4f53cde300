import Waybill
import WaybillAccess
import WaybillCore

extension Orders {
    static let whyOrder = Operation(
        "whyOrder", .get, "/v1/orders/{order}/why",
        "Tells why an order does not move: its last refusals, what it waits for, and what is possible.",
        grant: Need(.viewer, .orders), query: AsOfParameter.parameters,
        answers: [Operation.Answer(200, "Why.", .named("Why"))], problems: [.unknownOrder],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.buy], .get("/v1/orders/order-8/why"), 200, shown),
        handler: why)

    /// Children that an answer tells of.
    static let childrenMax = 100

    private static let shown = #"""
        {"order":"order-8","placed":true,"refusals":[],"status":"awaiting payment",
         "timeouts":[{"name":"unpaid.after.15m","due":"2026-11-29T12:15:00Z"}],"calls":[],
         "possible":[{"command":"refund_done","guards":[],"roles":["payments","finance"],"ways":[
            {"state":"","outlook":"open",
             "reads":[],"obstacles":[]}]},
          {"command":"refund_failed","guards":[],"roles":["payments","finance"],"ways":[
            {"state":"","outlook":"open",
             "reads":[],"obstacles":[]}]},
          {"command":"refund_again",
           "guards":["event.amount_cents > 0 AND event.amount_cents <= owed[event.payment].cents"],
           "roles":["payments","finance"],"ways":[
            {"state":"","guard":"event.amount_cents > 0 AND event.amount_cents <= owed[event.payment].cents",
             "outlook":"by_data",
             "reads":[],"obstacles":[]}]},
          {"command":"pay","guards":["event.amount_cents = price_cents"],"roles":["payments"],"ways":[
            {"state":"unpaid","target":"paid","guard":"event.amount_cents = price_cents","outlook":"by_data",
             "reads":[{"name":"price_cents","value":"900"}],"obstacles":[]},
            {"state":"unpaid","outlook":"open",
             "reads":[],"obstacles":[]}]},
          {"command":"cancel","guards":[],"roles":["buyer"],"ways":[
            {"state":"unpaid","target":"closed","outlook":"open",
             "reads":[],"obstacles":[]}]},
          {"command":"withdraw","guards":[],"roles":["shop"],"ways":[
            {"state":"unpaid","target":"closed","outlook":"open",
             "reads":[],"obstacles":[]}]}],
         "children":[]}
        """#

    private static func why(_ call: Call) async throws(Problem) -> Reply {
        let id = OrderID(call.path("order"))
        let moment = try AsOfParameter.read(call.query)
        let found = try await call.book.read { book in
            let order = try book.order(id, asOf: moment)
            let children = try (order?.children ?? []).prefix(Orders.childrenMax).compactMap { child in
                try book.order(child, asOf: moment)
            }
            let ways = try book.engine.ways(of: id, asOf: moment) ?? []
            return (order, try book.refusals(of: id, asOf: moment), book.timeoutHold, children, ways)
        }
        // An order that was never placed has refusals too, and these are what is asked about.
        guard found.0 != nil || !found.1.isEmpty else { throw .noOrder(id, asOf: moment) }
        return .json { writer in
            writer.beginObject()
            writer.member("order", id.text)
            writer.member("placed", found.0 != nil)
            writer.members("refusals", found.1) { $0.refusal($1) }
            if let order = found.0 {
                writer.member("status", order.status)
                writer.members("timeouts", order.timeouts) { $0.timeout($1.name, due: $1.due) }
                writer.members("calls", order.openCalls) { writer, call in
                    writer.beginObject()
                    writer.member("key", call.key)
                    writer.member("state", call.state)
                    writer.member("deadline", call.deadline)
                    writer.member("topic", call.topic.text)
                    writer.endObject()
                }
                writer.members("possible", order.possible) { writer, possible in
                    writer.beginObject()
                    writer.member("command", possible.command.text)
                    writer.members("guards", possible.guards) { $0.text($1) }
                    let ways = found.4.filter { $0.command == possible.command }
                    writer.members("roles", ways.first?.roles ?? []) { $0.text($1) }
                    writer.members("ways", ways) { $0.way($1) }
                    writer.endObject()
                }
                writer.members("children", found.3) { writer, child in
                    writer.beginObject()
                    writer.member("id", child.id.text)
                    writer.member("status", child.status)
                    writer.member("finished", child.isFinished)
                    writer.endObject()
                }
            }
            if let hold = found.2 {
                writer.key("timeouts_held")
                writer.hold(hold)
            }
            writer.endObject()
        }
    }
}
