import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Groups {
    static let putGroup = Operation(
        "putGroup", .put, "/v1/groups/{group}",
        "Makes a consumer group, or changes its rules; whether it is FIFO or a broadcast is for life.",
        grant: Need(.admin),
        body: .fields(
            [
                Field("fifo", .boolean, "Whether messages of one message group come one after the other."),
                Field(
                    "broadcast", .boolean,
                    "Whether every client gets every message: its position is in memory, and begins at the newest."),
                Field("max_attempts", .integer(1...1_000), "Deliveries before a message goes to the dead letters."),
                Field("ladder", .array(.text(), countMax: 100), "Waiting times before each next delivery."),
                Field("invisible", .duration, "How long a delivery stays invisible to others."),
                Field(
                    "starts_at", .word(GroupStart.allCases.map(\.rawValue)),
                    "Where it begins in a topic that it has not read before: the oldest message unless said, or behind "
                        + "the newest."),
                Operation.reason,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [
            Operation.Answer(200, "Changed.", .named("Group")), Operation.Answer(201, "Made.", .named("Group")),
        ], problems: [.badSetting, .badGroup, .notForThisGroup, .badData],
        example: Example(
            ExampleShop.group, 201,
            #"""
            {"name":"shipping","fifo":false,"broadcast":false,"max_attempts":5,"ladder":["1s","5s","10s","30s","1m",
             "2m","3m","4m","5m","6m","7m","8m","9m","10m","20m","30m","1h","2h"],"invisible":"30s",
             "created_at":"2026-11-29T12:00:00Z","last_used_at":"2026-11-29T12:00:00Z",
             "idle":false}
            """#), handler: put)

    private static func put(_ call: Call) async throws(Problem) -> Reply {
        let name = GroupName(call.path("group"))
        let fields = try call.fields()
        let existing = try await call.messages { try $0.group(name) }
        var settings = existing?.settings ?? GroupSettings()
        settings.isFIFO = try fields.bool("fifo") ?? settings.isFIFO
        settings.isBroadcast = try fields.bool("broadcast") ?? settings.isBroadcast
        settings.attemptsMax = try fields.int("max_attempts") ?? settings.attemptsMax
        settings.invisible = try fields.duration("invisible") ?? settings.invisible
        if let start = try fields.text("starts_at") {
            guard let start = GroupStart(rawValue: start.string) else {
                throw .badData("starts_at", "'\(start)' is not one of oldest, newest")
            }
            settings.startsAt = start
        }
        if let ladder = try fields.texts("ladder", countMax: 1_000) {
            settings.ladder = []
            for (index, text) in ladder.enumerated() {
                guard let wait = Interval(text: text) else {
                    throw .badData("ladder[\(index)]", "'\(text)' is not a duration; write for example 30s")
                }
                settings.ladder.append(wait)
            }
        }
        let reason = try call.neededReason(fields)
        guard existing == nil else {
            return try await call.act(UpdateGroup(name, settings), because: reason) { $0.group($1) }
        }
        let verb = KeepGroup(name, settings, by: call.maker)
        return try await call.act(verb, because: reason, status: 201) { $0.group($1.group) }
    }
}
