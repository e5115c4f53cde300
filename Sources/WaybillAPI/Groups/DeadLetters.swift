import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Operations on what groups have given up.
enum DeadLetters {
    static let operations: [Operation] = [list, show, redrive, delete]

    static let list = Operation(
        "deadLetters", .get, "/v1/groups/{group}/dead-letters", "Lists what a group has given up, the oldest first.",
        grant: Need(.viewer, .consumer(group: "group")), query: PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page; one may be short, even empty, while `next` is there.", .page(.named("DeadLetter")))
        ], problems: [.unknownGroup, .badCursor],
        example: Example(
            after: given, .get("/v1/groups/shipping/dead-letters"), 200,
            #"""
            {"items":[{"id":"booking-9","topic":"ledger","died_at":"2026-11-29T12:00:00Z","state":"dead",
             "why":"the address does not exist"}],"next":null,"as_of":"e2"}
            """#),
        handler: { call throws(Problem) in
            let name = GroupName(call.path("group"))
            let page = try PageRequest(call, of: "dead letters of \(name)")
            let found = try await call.book.read { book in
                try book.engine.messages.deadLetters(of: name, from: page.number ?? 0, limit: page.limit)
            }
            guard let found else { throw Problem(.unknownGroup(name)) }
            return page.reply(found.letters, next: found.next) { $0.deadLetter($1.letter) }
        })

    /// A message that was given up.
    static let given = [
        ExampleShop.topic, ExampleShop.group, ExampleShop.message, ExampleShop.receiveBooking, ExampleShop.giveUp,
    ]

    static let show = Operation(
        "showDeadLetter", .get, "/v1/groups/{group}/dead-letters/{message}",
        "Shows a dead letter with its envelope; bodies are in the answer to callers who may read them, and audited.",
        grant: Need(.viewer, .consumer(group: "group")),
        answers: [
            Operation.Answer(
                200, "The letters of this id: one, unless its producer has sent it twice.",
                .page(.named("ShownDeadLetter")))
        ], problems: [.unknownGroup, .unknownMessage],
        example: Example(
            after: given, .get("/v1/groups/shipping/dead-letters/booking-9"), 200,
            #"""
            {"items":[{"id":"booking-9","topic":"ledger","died_at":"2026-11-29T12:00:00Z","state":"dead",
             "why":"the address does not exist","tag":"paid","keys":["order-7"],"lane":"","priority":0,
             "properties":{"amount":"5300"},"born_at":"2026-11-29T12:00:00Z","body_bytes":21,
             "data":{"amount_cents":5300}}],"next":null,"as_of":"e2"}
            """#),
        handler: { call throws(Problem) in
            let found = try await found(call)
            let showsBody = try await call.mayShowBodies(of: found.map(\.message))
            return .list(call, found) { writer, found in
                writer.beginObject()
                writer.deadLetterMembers(found.letter.letter)
                writer.deadLetterEnvelope(found.message)
                if showsBody { writer.body(found.message.body) }
                writer.endObject()
            }
        })

    /// The letters that the path names.
    private static func found(
        _ call: Call
    ) async throws(Problem) -> [(letter: PlacedDeadLetter, message: MessageView)] {
        let (group, id) = (GroupName(call.path("group")), MessageID(call.path("message")))
        let found = try await call.book.read { book in try book.engine.messages.deadLetters(of: group, id: id) }
        guard let found else { throw Problem(.unknownGroup(group)) }
        guard !found.isEmpty else {
            throw Problem(MessageRefusal.unknownMessage("\(id) among the dead letters of \(group)"))
        }
        return found
    }

    static let delete = Operation(
        "deleteDeadLetter", .post, "/v1/groups/{group}/dead-letters/{message}/delete",
        "Deletes a dead letter: what it says is gone, and it is never given back.", grant: Need(.operator), key: .taken,
        body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(204, "It is gone.", nil)],
        problems: [.unknownGroup, .unknownMessage, .notForThisGroup],
        example: Example(
            after: given,
            Example.Step(
                .post, "/v1/groups/shipping/dead-letters/booking-9/delete", body: #"{"reason":"a test order"}"#), 204),
        handler: { call throws(Problem) in
            let reason = try call.neededReason(try call.fields())
            let group = GroupName(call.path("group"))
            let id = MessageID(call.path("message"))
            let found = try await call.book.read { book in try book.engine.messages.deadLetters(of: group, id: id) }
            guard let found else { throw Problem(.unknownGroup(group)) }
            // One by one: of a message that was sent twice the first waits longest. When there is none the write says
            // so, or gives the answer of the first time.
            let verb = DeleteDeadLetter(id, at: found.first?.letter.offset ?? 0, of: group)
            return try await call.act(verb, because: reason)
        })
}

extension JSONWriter {
    /// The fields of the message that a dead letter is a copy of; the object is the caller's.
    fileprivate mutating func deadLetterEnvelope(_ message: MessageView) {
        member("tag", ifAny: message.tag)
        members("keys", message.keys) { $0.text($1) }
        member("message_group", ifAny: message.messageGroup)
        member("lane", message.lane)
        member("priority", Int64(message.priority))
        key("properties")
        texts(message.properties.filter { !$0.key.string.hasPrefix("DLQ_ORIGIN_") })
        member("order", ifAny: message.order?.text)
        member("born_at", message.bornAt)
        member("body_bytes", Int64(message.body.count))
    }
}
