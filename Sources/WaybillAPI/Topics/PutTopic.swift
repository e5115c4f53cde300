import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Topics {
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
}
