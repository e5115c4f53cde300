import Waybill
import WaybillAccess
import WaybillCore

extension MessageOperations {
    static let findMessages = Operation(
        "findMessages", .get, "/v1/messages", "Finds visible messages by id, by key, or by topic and time.",
        grant: Need(.viewer),
        query: [
            Parameter("id", .text(), "The message's id."), Parameter("key", .text(), "One of its keys."),
            Parameter("topic", .text(), "Its topic."),
            Parameter("from", .time, "Those of a topic that became visible then or later."),
            Parameter("limit", .integer(1...1_000), "How many at most; 100 unless said."),
        ],
        answers: [Operation.Answer(200, "What was found.", .page(.named("Message")))],
        problems: [.notIndexed, .unknownTopic],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.message], .get("/v1/messages?id=booking-9"), 200,
            #"""
            {"items":[{"id":"booking-9","topic":"ledger","tag":"paid","keys":["order-7"],"lane":"","priority":0,
             "properties":{"amount":"5300"},"born_at":"2026-11-29T12:00:00Z","stored_at":"2026-11-29T12:00:00Z",
             "body_bytes":21,"position":"1:0","data":{"amount_cents":5300}}],"next":null,"as_of":"e1"}
            """#),
        handler: find)

    private static func find(_ call: Call) async throws(Problem) -> Reply {
        let limit = Int(try call.query.int("limit", in: 1...1_000) ?? 100)
        let (id, key) = (call.query.text("id"), call.query.text("key"))
        let topic = call.query.text("topic").map { TopicName($0) }
        let from = try call.query.time("from")
        let found = try await call.messages { messages in
            if let id { return try messages.find(id: MessageID(id)) }
            if let key { return try messages.find(key: key, in: topic, limit: limit) }
            guard let topic else {
                throw Problem(.notIndexed, "ask by id, by key, or by topic with from")
            }
            return try messages.find(in: topic, from: from ?? Moment(milliseconds: 0), limit: limit)
        }
        let showsBody = try await call.mayShowBodies(of: found)
        return .list(call, found) { writer, message in
            writer.beginObject()
            writer.messageHead(message)
            if showsBody { writer.body(message.body) }
            writer.endObject()
        }
    }

    static let traceMessage = Operation(
        "traceMessage", .get, "/v1/messages/{message}/trace",
        "Tells where a message stands in each group, and its deliveries as far as this process remembers.",
        grant: Need(.viewer), answers: [Operation.Answer(200, "One for each message of this id.", .page(.any))],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.message], .get("/v1/messages/booking-9/trace"), 200,
            #"""
            {"items":[{"id":"booking-9","topic":"ledger","born_at":"2026-11-29T12:00:00Z","standing":"visible",
             "visible_since":"2026-11-29T12:00:00Z","groups":[],"deliveries":[],
             "deliveries_since":"2026-11-29T12:00:00Z"}],"next":null,"as_of":"e1"}
            """#),
        handler: { call throws(Problem) in
            let id = MessageID(call.path("message"))
            return .list(call, try await call.messages { try $0.trace(id: id) }) { $0.trace($1) }
        })
}
