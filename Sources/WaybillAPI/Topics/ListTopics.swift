import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Topics {
    static let listTopics = Operation(
        "listTopics", .get, "/v1/topics", "Lists topics in the order in which they were made.", grant: Need(.viewer),
        query: PageRequest.parameters, answers: [Operation.Answer(200, "A page.", .page(.named("Topic")))],
        problems: [.badCursor],
        example: Example(
            .get("/v1/topics?limit=1"), 200,
            #"""
            {"items":[{"name":"order","type":"mixed","queues":4,"bytes_max":10737418240,"retention":"7d",
             "created_at":"2026-11-29T12:00:00Z"}],"next":"f37107fb3627db65fe1c902a5fca27c46f72646572",
             "as_of":"e0"}
            """#), handler: list)

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let page = try PageRequest(call, of: "topics")
        let after = page.after?.first.map { TopicName($0) }
        let topics = try await call.messages { try $0.topics(after: after, limit: page.limit) }
        let last = topics.count == page.limit ? topics.last : nil
        return page.reply(topics, next: last.map { [$0.name.text] }) { $0.topic($1) }
    }
}
