import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Topics {
    static let showTopic = Operation(
        "showTopic", .get, "/v1/topics/{topic}", "Shows a topic.",
        grant: Need(.viewer, .producer(topic: "topic")),
        answers: [Operation.Answer(200, "The topic.", .named("Topic"))], problems: [.unknownTopic],
        example: Example(
            after: [ExampleShop.topic], .get("/v1/topics/ledger"), 200,
            #"""
            {"name":"ledger","type":"mixed","queues":4,"bytes_max":10737418240,"retention":"7d",
             "created_at":"2026-11-29T12:00:00Z"}
            """#), handler: show)

    private static func show(_ call: Call) async throws(Problem) -> Reply {
        let name = TopicName(call.path("topic"))
        guard let topic = try await call.messages({ try $0.topic(name) }) else { throw Problem(.unknownTopic(name)) }
        return .json { $0.topic(topic) }
    }
}
