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
                Field("to", .text(), "`oldest`, `newest`, a time, or the `position` of a delivery."),
                Field("message", .text(bytesMax: 255), "Instead: to the message of this id, on its queue only."),
                Field(
                    "effects", .word(LookBackEffects.allCases.map(\.rawValue)), "Whether modules act; shut unless said."
                ),
                Field("dry_run", .boolean, "Whether only what it would do is told."), Operation.reason,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "The report.", .named("LookBack"))],
        problems: [.unknownGroup, .unknownTopic, .unknownMessage, .notForThisGroup, .badData],
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
        let word = try fields.text("effects")?.string ?? LookBackEffects.shut.rawValue
        guard let effects = LookBackEffects(rawValue: word) else {
            throw .badData("effects", "'\(word)' is not one of shut, open")
        }
        let isPreview = try fields.bool("dry_run") ?? false
        let found = try await target(fields, topic, call)
        guard let target = found.target else {
            let refusal = MessageRefusal.unknownMessage("\(found.message) in \(topic)")
            guard !isPreview else { throw Problem(refusal) }
            return try await call.answeredBefore(orElse: Problem(refusal), refusal)
        }
        let verb = LookBack(group, topic, to: target, effects: effects, isPreview: isPreview)
        return try await call.act(verb, because: reason) { $0.lookBack($1) }
    }

    /// - Returns: nil: the message of this id is not there.
    private static func target(
        _ fields: BodyFields, _ topic: TopicName, _ call: Call
    ) async throws(Problem) -> (target: LookBackTarget?, message: Text) {
        guard (fields.json("to") != nil) != (fields.json("message") != nil) else {
            throw .badData("to", "either to or message is wanted")
        }
        if let id = try fields.text("message", bytesMax: 255) {
            let found = try await call.book.read { book in
                try book.engine.messages.messagesWithoutBodies(id: MessageID(id))
            }
            return (found.first { $0.topic == topic }.map { .message(at: $0.position) }, id)
        }
        return (try target(named: fields), "")
    }

    private static func target(named fields: BodyFields) throws(Problem) -> LookBackTarget {
        let to = try fields.needed("to")
        switch to.string {
        case "oldest": return .oldest
        case "newest": return .newest
        default:
            let position = MessagePosition(to)
            if position.origin != nil { return .message(at: position) }
            guard let time = try fields.time("to") else { throw .badData("to", "the field is missing") }
            return .time(time)
        }
    }
}
