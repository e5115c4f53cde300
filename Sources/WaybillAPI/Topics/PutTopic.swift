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
                    "type", .word(TopicType.allCases.map(\.rawValue)), "Which messages it takes; by default normal."),
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
        let (given, reason) = (try Given(fields), try call.neededReason(fields))
        if try await call.messages({ try $0.topic(name) }) == nil {
            do throws(Problem) {
                let verb = CreateTopic(name, given.applied(to: TopicSettings()))
                return try await call.act(verb, because: reason, status: 201) { $0.topic($1) }
            } catch {
                // Another caller may have made it meanwhile: then its rules are changed.
                guard error.code == .topicExists else { throw error }
            }
        }
        return try await call.act(UpdateTopic(name) { given.applied(to: $0) }, because: reason) { $0.topic($1) }
    }

    /// The rules that a request gives; those that it leaves out stay.
    private struct Given: Sendable {
        var type: TopicType?
        var queues: Int64?
        var bytesMax: Int64?
        var retention: Interval?

        init(_ fields: BodyFields) throws(Problem) {
            if let type = try fields.text("type") {
                guard let type = TopicType(rawValue: type.string) else {
                    throw .badData("type", "there is no type '\(type)' of topics")
                }
                self.type = type
            }
            queues = try fields.int("queues")
            bytesMax = try fields.int("bytes_max")
            retention = try fields.duration("retention")
        }

        func applied(to settings: TopicSettings) -> TopicSettings {
            var settings = settings
            settings.type = type ?? settings.type
            settings.queues = queues.map { Int($0) } ?? settings.queues
            settings.bytesMax = bytesMax ?? settings.bytesMax
            settings.retention = retention ?? settings.retention
            return settings
        }
    }
}
