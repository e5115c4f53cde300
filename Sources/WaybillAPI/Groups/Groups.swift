import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

/// Operations on consumer groups.
enum Groups {
    static let operations: [Operation] = [
        listGroups, showGroup, putGroup, deleteGroup, lag, lookBack,
    ]

    static let listGroups = Operation(
        "listGroups", .get, "/v1/groups", "Lists consumer groups in the order in which they were made.",
        grant: Need(.viewer), query: PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page; one may be short, even empty, while `next` is there.", .page(.named("Group")))
        ], problems: [.badCursor],
        example: Example(
            after: [ExampleShop.group], .get("/v1/groups"), 200,
            #"""
            {"items":[{"name":"shipping","fifo":false,"broadcast":false,"max_attempts":5,"ladder":["1s","5s","10s",
             "30s","1m","2m","3m","4m","5m","6m","7m","8m","9m","10m","20m","30m","1h","2h"],"invisible":"30s",
             "created_at":"2026-11-29T12:00:00Z","last_used_at":"2026-11-29T12:00:00Z",
             "idle":false}],"next":null,"as_of":"e1"}
            """#),
        handler: { call throws(Problem) in
            let page = try PageRequest(call, of: "groups")
            let found = try await call.messages { messages in
                try messages.groups(after: page.number ?? 0, limit: page.limit)
            }
            return page.reply(found.groups, next: found.next) { $0.group($1) }
        })

    static let showGroup = Operation(
        "showGroup", .get, "/v1/groups/{group}", "Shows a consumer group.",
        grant: Need(.viewer, .consumer(group: "group")),
        answers: [Operation.Answer(200, "The group.", .named("Group"))], problems: [.unknownGroup],
        example: Example(
            after: [ExampleShop.group], .get("/v1/groups/shipping"), 200,
            #"""
            {"name":"shipping","fifo":false,"broadcast":false,"max_attempts":5,"ladder":["1s","5s","10s","30s","1m",
             "2m","3m","4m","5m","6m","7m","8m","9m","10m","20m","30m","1h","2h"],"invisible":"30s",
             "created_at":"2026-11-29T12:00:00Z","last_used_at":"2026-11-29T12:00:00Z",
             "idle":false}
            """#),
        handler: { call throws(Problem) in
            let name = GroupName(call.path("group"))
            guard let group = try await call.messages({ try $0.group(name) }) else {
                throw Problem(.unknownGroup(name))
            }
            return .json { $0.group(group) }
        })

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

    static let deleteGroup = Operation(
        "deleteGroup", .delete, "/v1/groups/{group}", "Deletes a group with its position and all that it is owed.",
        grant: Need(.admin), query: [Operation.reasonParameter],
        answers: [Operation.Answer(204, "It is gone.", nil)], problems: [.unknownGroup],
        example: Example(after: [ExampleShop.group], Example.Step(.delete, "/v1/groups/shipping"), 204),
        handler: { call throws(Problem) in
            let name = GroupName(call.path("group"))
            return try await call.act(DeleteGroup(name), because: try call.neededReason())
        })

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
