import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension DeadLetters {
    static let show = Operation(
        "showDeadLetter", .get, "/v1/groups/{group}/dead-letters/{message}",
        "Shows a dead letter with its envelope; bodies are in the answer to callers who may read them, and audited.",
        grant: Need(.viewer, .consumer(group: "group")), query: PageRequest.parameters,
        answers: [
            Operation.Answer(
                200,
                "The letters of this id: one, unless its producer has sent it twice; then the newest page first. A "
                    + "page with large bodies may be short while `next` is there.", .page(.named("ShownDeadLetter")))
        ], problems: [.unknownGroup, .unknownMessage, .badCursor],
        example: Example(
            after: given, .get("/v1/groups/shipping/dead-letters/booking-9"), 200,
            #"""
            {"items":[{"id":"booking-9","topic":"ledger","died_at":"2026-11-29T12:00:00Z","state":"dead",
             "why":"the address does not exist","tag":"paid","keys":["order-7"],"lane":"","priority":0,
             "properties":{"amount":"5300"},"born_at":"2026-11-29T12:00:00Z","body_bytes":21,
             "data":{"amount_cents":5300}}],"next":null,"as_of":"e2"}
            """#),
        handler: shown)

    private static func shown(_ call: Call) async throws(Problem) -> Reply {
        let (group, id) = (GroupName(call.path("group")), MessageID(call.path("message")))
        let page = try PageRequest(call, of: "dead letters of \(group) of id \(id)")
        let last: FoundPlace? = try MessageOperations.place(of: page)
        let bytesMax = MessageOperations.bytesMax(of: call)
        let found = try await call.book.read { book in
            try book.engine.messages.deadLetters(
                of: group, id: id, before: last, limit: page.limit, bytesMax: bytesMax)
        }
        guard let found else { throw Problem(.unknownGroup(group)) }
        guard !found.letters.isEmpty || found.next != nil || last != nil else {
            throw Problem(MessageRefusal.unknownMessage("\(id) among the dead letters of \(group)"))
        }
        let showsBody = try await call.mayShowBodies(of: found.letters.map(\.message))
        return page.reply(found.letters, next: found.next.map(MessageOperations.cursor)) { writer, found in
            writer.beginObject()
            writer.deadLetterMembers(found.letter.letter)
            writer.deadLetterEnvelope(found.message)
            if showsBody { writer.body(found.message.body) }
            writer.endObject()
        }
    }
}
