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
                Field(
                    "fifo", .boolean, "Whether messages of one message group come in order, to one client at a time."),
                Field(
                    "broadcast", .boolean,
                    "Whether every client gets every message: its position is in memory, and begins at the newest."),
                Field("max_attempts", .integer(1...1_000), "Deliveries before a message goes to the dead letters."),
                Field("ladder", .array(.text(), countMax: 100), "Waiting times before each next delivery."),
                Field("invisible", .duration, "How long a delivery stays invisible to others."),
                Field(
                    "starts_at", .word(GroupStart.allCases.map(\.rawValue)),
                    "Where it begins in a topic that it has not read before: by default at the oldest message, or "
                        + "behind the newest."),
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
        let (given, reason) = (try Given(fields), try call.neededReason(fields))
        if try await call.messages({ try $0.group(name) }) == nil {
            let verb = KeepGroup(name, given.applied(to: GroupSettings()), by: call.maker)
            // Another caller may have made it meanwhile: then its rules are changed.
            if case .now(let kept) = try await call.given(verb, because: reason, { $0.group($1.group) }), kept.isNew {
                return .json(201) { $0.group(kept.group) }
            }
        }
        return try await call.act(UpdateGroup(name) { given.applied(to: $0) }, because: reason) { $0.group($1) }
    }

    /// The rules that a request gives; those that it leaves out stay.
    private struct Given: Sendable {
        var isFIFO: Bool?
        var isBroadcast: Bool?
        var attemptsMax: Int64?
        var invisible: Interval?
        var startsAt: GroupStart?
        var ladder: [Interval]?

        init(_ fields: BodyFields) throws(Problem) {
            isFIFO = try fields.bool("fifo")
            isBroadcast = try fields.bool("broadcast")
            attemptsMax = try fields.int("max_attempts")
            invisible = try fields.duration("invisible")
            if let start = try fields.text("starts_at") {
                guard let start = GroupStart(rawValue: start.string) else {
                    throw .badData("starts_at", "'\(start)' is not one of oldest, newest")
                }
                startsAt = start
            }
            if let texts = try fields.texts("ladder", countMax: 1_000) {
                var steps: [Interval] = []
                for (index, text) in texts.enumerated() {
                    guard let wait = Interval(text: text) else {
                        throw .badData("ladder[\(index)]", "'\(text)' is not a duration; write for example 30s")
                    }
                    steps.append(wait)
                }
                ladder = steps
            }
        }

        func applied(to settings: GroupSettings) -> GroupSettings {
            var settings = settings
            settings.isFIFO = isFIFO ?? settings.isFIFO
            settings.isBroadcast = isBroadcast ?? settings.isBroadcast
            settings.attemptsMax = attemptsMax ?? settings.attemptsMax
            settings.invisible = invisible ?? settings.invisible
            settings.startsAt = startsAt ?? settings.startsAt
            settings.ladder = ladder ?? settings.ladder
            return settings
        }
    }
}
