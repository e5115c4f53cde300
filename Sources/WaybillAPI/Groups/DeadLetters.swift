import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

/// Operations on what groups have given up.
enum DeadLetters {
    static let operations: [Operation] = [list, show, redrive, delete]

    /// A message that was given up.
    static let given = [
        ExampleShop.topic, ExampleShop.group, ExampleShop.message, ExampleShop.receiveBooking, ExampleShop.giveUp,
    ]

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
}

extension JSONWriter {
    /// The fields of the message that a dead letter is a copy of; the object is the caller's.
    mutating func deadLetterEnvelope(_ message: MessageView) {
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
