import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension DeadLetters {
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
}
