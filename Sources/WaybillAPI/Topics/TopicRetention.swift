import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Topics {
    static let retention = Operation(
        "topicRetention", .get, "/v1/topics/{topic}/retention", "Tells what a topic holds, and what of it goes next.",
        grant: Need(.viewer), answers: [Operation.Answer(200, "The report.", .named("Retention"))],
        problems: [.unknownTopic],
        example: Example(
            after: [ExampleShop.topic], .get("/v1/topics/ledger/retention"), 200,
            #"""
            {"topic":"ledger","messages":0,"bytes":0,"bytes_max":10737418240,"goes_by_time":0,"bytes_beyond_size":0,
             "claims":[]}
            """#),
        handler: { call throws(Problem) in
            let name = TopicName(call.path("topic"))
            guard let report = try await call.messages({ try $0.retention(of: name) }) else {
                throw Problem(.unknownTopic(name))
            }
            return .json { $0.retention(report) }
        })
}
