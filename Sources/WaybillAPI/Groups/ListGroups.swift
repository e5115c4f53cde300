import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Groups {
    static let listGroups = Operation(
        "listGroups", .get, "/v1/groups", "Lists consumer groups in the order in which they were made.",
        grant: Need(.viewer), query: PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page; one may be short, even empty, while `next` is there.", .page(.named("Group")))
        ], problems: [.badCursor],
        example: Example(
            after: [ExampleShop.group], .get("/v1/groups"), 200,
            #"""
            {"items":[{"name":"shipping","fifo":false,"broadcast":false,"max_attempts":5,"ladder":["1s","5s","10s",
             "30s","1m","2m","3m","4m","5m","6m","7m","8m","9m","10m","20m","30m","1h","2h"],"invisible":"30s",
             "created_at":"2026-11-29T12:00:00Z","last_used_at":"2026-11-29T12:00:00Z",
             "idle":false}],"next":null,"as_of":"e1"}
            """#),
        handler: { call throws(Problem) in
            let page = try PageRequest(call, of: "groups")
            let found = try await call.messages { messages in
                try messages.groups(after: page.number ?? 0, limit: page.limit)
            }
            return page.reply(found.groups, next: found.next) { $0.group($1) }
        })
}
