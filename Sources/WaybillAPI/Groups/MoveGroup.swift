import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension Groups {
    static let lookBack = Operation(
        "lookBack", .post, "/v1/groups/{group}/look-back",
        "Moves a group on a topic to the past, or past what waits; what comes again is marked as replayed.",
        grant: Need(.operator), key: .taken,
        body: .fields(
            [
                Field("topic", .text(), "The topic.", isRequired: true),
                Field("to", .text(), "`oldest`, `newest`, a time, or the `position` of a delivery.", isRequired: true),
                Field(
                    "effects", .word(LookBackEffects.allCases.map(\.rawValue)), "Whether modules act; shut unless said."
                ),
                Field("dry_run", .boolean, "Whether only what it would do is told."), Operation.reason,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "The report.", .named("LookBack"))],
        problems: [.unknownGroup, .unknownTopic, .notForThisGroup, .badData],
        example: Example(
            after: [ExampleShop.group, ExampleShop.receive],
            Example.Step(
                .post, "/v1/groups/shipping/look-back",
                body: #"{"topic":"order","to":"oldest","dry_run":true,"reason":"a parcel was lost"}"#), 200,
            #"""
            {"group":"shipping","topic":"order","preview":true,"effects":"shut","queues":[]}
            """#),
        handler: move)

    private static func move(_ call: Call) async throws(Problem) -> Reply {
        let fields = try call.fields()
        let (group, topic) = (GroupName(call.path("group")), TopicName(try fields.needed("topic")))
        let reason = try call.neededReason(fields)
        let target: LookBackTarget
        switch try fields.needed("to").string {
        case "oldest": target = .oldest
        case "newest": target = .newest
        default:
            let position = MessagePosition(try fields.needed("to"))
            if position.origin != nil {
                target = .message(at: position)
                break
            }
            guard let time = try fields.time("to") else { throw .badData("to", "the field is missing") }
            target = .time(time)
        }
        let word = try fields.text("effects")?.string ?? LookBackEffects.shut.rawValue
        guard let effects = LookBackEffects(rawValue: word) else {
            throw .badData("effects", "'\(word)' is not one of shut, open")
        }
        let isPreview = try fields.bool("dry_run") ?? false
        let verb = LookBack(group, topic, to: target, effects: effects, isPreview: isPreview)
        return try await call.act(verb, because: reason) { $0.lookBack($1) }
    }

    static let deadLetters = Operation(
        "deadLetters", .get, "/v1/groups/{group}/dead-letters", "Lists what a group has given up, the oldest first.",
        grant: Need(.viewer, .consumer(group: "group")),
        query: [Parameter("limit", .integer(1...1_000), "How many at most; 100 unless said.")],
        answers: [Operation.Answer(200, "The oldest.", .page(.named("DeadLetter")))], problems: [.unknownGroup],
        example: Example(
            after: [ExampleShop.group], .get("/v1/groups/shipping/dead-letters"), 200,
            #"{"items":[],"next":null,"as_of":"e1"}"#),
        handler: { call throws(Problem) in
            let name = GroupName(call.path("group"))
            let limit = Int(try call.query.int("limit", in: 1...1_000) ?? 100)
            return .list(call, try await call.messages { try $0.deadLetters(of: name, limit: limit) }) {
                $0.deadLetter($1)
            }
        })

    static let redrive = Operation(
        "redrive", .post, "/v1/groups/{group}/dead-letters/redrive",
        "Gives a group its dead letters again: first those that died again, then the oldest.", grant: Need(.operator),
        key: .taken,
        body: .fields(
            [Field("limit", .integer(1...1_000), "How many at most; 1000 unless said."), Operation.reason],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [
            Operation.Answer(
                200, "How many.", .object([Field("redriven", .integer(), isRequired: true)]))
        ], problems: [.unknownGroup, .notForThisGroup, .badSetting],
        example: Example(
            after: [ExampleShop.group],
            Example.Step(
                .post, "/v1/groups/shipping/dead-letters/redrive", body: #"{"reason":"the consumer is mended"}"#), 200,
            #"{"redriven":0}"#),
        handler: { call throws(Problem) in
            let fields = try call.fields()
            let reason = try call.neededReason(fields)
            let (name, limit) = (GroupName(call.path("group")), Int(try fields.int("limit") ?? 1_000))
            return try await call.act(Redrive(name, limit: limit), because: reason) { writer, count in
                writer.beginObject()
                writer.member("redriven", Int64(count))
                writer.endObject()
            }
        })
}
