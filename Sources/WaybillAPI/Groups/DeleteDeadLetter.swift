import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension DeadLetters {
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
            let found = try await call.book.read { book in
                try book.engine.messages.deadLettersWithoutBodies(of: group, id: id)
            }
            guard let found else { throw Problem(.unknownGroup(group)) }
            // One by one: of a message that was sent twice the first waits longest. When there is none the write says
            // so, or gives the answer of the first time.
            let verb = DeleteDeadLetter(id, at: found.first?.offset ?? 0, of: group)
            return try await call.act(verb, because: reason)
        })
}
