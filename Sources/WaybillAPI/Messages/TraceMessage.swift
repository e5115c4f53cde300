import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension MessageOperations {
    static let traceMessage = Operation(
        "traceMessage", .get, "/v1/messages/{message}/trace",
        "Tells where a message stands in each group, and its deliveries as far as this process remembers.",
        grant: Need(.viewer), answers: [Operation.Answer(200, "One for each message of this id.", .page(.any))],
        problems: [.unknownMessage],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.message], .get("/v1/messages/booking-9/trace"), 200,
            #"""
            {"items":[{"id":"booking-9","topic":"ledger","born_at":"2026-11-29T12:00:00Z","standing":"visible",
             "visible_since":"2026-11-29T12:00:00Z","groups":[],"deliveries":[],
             "deliveries_since":"2026-11-29T12:00:00Z"}],"next":null,"as_of":"e1"}
            """#),
        handler: { call throws(Problem) in
            let id = MessageID(call.path("message"))
            let traces = try await call.messages { try $0.trace(id: id) }
            guard !traces.isEmpty else { throw Problem(MessageRefusal.unknownMessage("\(id)")) }
            return .list(call, traces) { $0.trace($1) }
        })
}
