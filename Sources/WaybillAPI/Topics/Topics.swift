import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

/// Operations on topics.
enum Topics {
    static let operations: [Operation] = [listTopics, showTopic, putTopic, deleteTopic, retention]

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

    static let putTopic = Operation(
        "putTopic", .put, "/v1/topics/{topic}", "Makes a topic, or changes its rules; what lies in it stays.",
        grant: Need(.admin),
        body: .fields(
            [
                Field(
                    "type", .word(TopicType.allCases.map(\.rawValue)), "Which messages it takes; normal unless said."),
                Field("queues", .integer(1...1_024), "How many queues clients see."),
                Field("bytes_max", .integer(1...Schema.safeIntegers.upperBound), "Beyond this size the oldest goes."),
                Field("retention", .duration, "How long messages stay that no group waits for."),
                Operation.reason,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [
            Operation.Answer(200, "Changed.", .named("Topic")), Operation.Answer(201, "Made.", .named("Topic")),
        ], problems: [.badSetting, .badTopic, .badData],
        example: Example(
            ExampleShop.topic, 201,
            #"""
            {"name":"ledger","type":"mixed","queues":4,"bytes_max":10737418240,"retention":"7d",
             "created_at":"2026-11-29T12:00:00Z"}
            """#), handler: put)

    private static func put(_ call: Call) async throws(Problem) -> Reply {
        let name = TopicName(call.path("topic"))
        let fields = try call.fields()
        let existing = try await call.messages { try $0.topic(name) }
        var settings = existing?.settings ?? TopicSettings()
        if let type = try fields.text("type") {
            guard let type = TopicType(rawValue: type.string) else {
                throw .badData("type", "there is no type '\(type)' of topics")
            }
            settings.type = type
        }
        settings.queues = try fields.int("queues").map { Int($0) } ?? settings.queues
        settings.bytesMax = try fields.int("bytes_max") ?? settings.bytesMax
        settings.retention = try fields.duration("retention") ?? settings.retention
        let reason = try call.neededReason(fields)
        guard existing == nil else {
            return try await call.act(UpdateTopic(name, settings), because: reason) { $0.topic($1) }
        }
        return try await call.act(CreateTopic(name, settings), because: reason, status: 201) { $0.topic($1) }
    }

    static let deleteTopic = Operation(
        "deleteTopic", .delete, "/v1/topics/{topic}", "Puts a topic out of reach; its messages are deleted gradually.",
        grant: Need(.admin), query: [Operation.reasonParameter],
        answers: [Operation.Answer(204, "It is gone.", nil)],
        problems: [.unknownTopic, .topicAwaited, .topicInUse],
        example: Example(after: [ExampleShop.topic], Example.Step(.delete, "/v1/topics/ledger"), 204),
        handler: { call throws(Problem) in
            let name = TopicName(call.path("topic"))
            let first = try await call.book.read { book in try book.engine.messages.undecided(in: name) }
            return try await call.act(DeleteTopic(name, from: first), because: try call.neededReason())
        })

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
