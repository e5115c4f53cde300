import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Groups {
    static let lag = Operation(
        "groupLag", .get, "/v1/groups/{group}/lag", "Tells how far a group is behind, by topic.",
        grant: Need(.viewer, .consumer(group: "group")), query: PageRequest.parameters,
        answers: [Operation.Answer(200, "A page of topics, by name.", .page(.named("Lag")))],
        problems: [.unknownGroup, .badCursor],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.group, ExampleShop.receive, ExampleShop.buy],
            .get("/v1/groups/shipping/lag"), 200,
            #"""
            {"items":[{"group":"shipping","topic":"order","owed":1,"waiting":1,"in_flight":0,"due":0,"ready":0,
             "behind":0,"dead":0,"finished":0,"oldest_ms":0}],"next":null,"as_of":"e4"}
            """#),
        handler: { call throws(Problem) in
            let name = GroupName(call.path("group"))
            let page = try PageRequest(call, of: "lag of \(name)")
            let after = page.after?.first.map { TopicName($0) }
            let lags = try await call.book.read { book in
                try book.engine.lags(of: name, after: after, limit: page.limit + 1).get()
            }
            return page.reply(ofRest: lags, at: { [$0.topic.text] }) { $0.lag($1) }
        })
}
