import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Groups {
    static let showGroup = Operation(
        "showGroup", .get, "/v1/groups/{group}", "Shows a consumer group.",
        grant: Need(.viewer, .consumer(group: "group")),
        answers: [Operation.Answer(200, "The group.", .named("Group"))], problems: [.unknownGroup],
        example: Example(
            after: [ExampleShop.group], .get("/v1/groups/shipping"), 200,
            #"""
            {"name":"shipping","fifo":false,"broadcast":false,"max_attempts":5,"ladder":["1s","5s","10s","30s","1m",
             "2m","3m","4m","5m","6m","7m","8m","9m","10m","20m","30m","1h","2h"],"invisible":"30s",
             "created_at":"2026-11-29T12:00:00Z","last_used_at":"2026-11-29T12:00:00Z",
             "idle":false}
            """#),
        handler: { call throws(Problem) in
            let name = GroupName(call.path("group"))
            guard let group = try await call.messages({ try $0.group(name) }) else {
                throw Problem(.unknownGroup(name))
            }
            return .json { $0.group(group) }
        })
}
