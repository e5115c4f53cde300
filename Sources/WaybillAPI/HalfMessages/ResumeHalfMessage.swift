import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension HalfMessages {
    static let resume = Operation(
        "resumeHalfMessage", .post, "/v1/half-messages/{transaction}/resume",
        "Asks anew about a message that was parked after its last question.", grant: Need(.operator), query: [topic],
        key: .taken, body: .fields([Operation.reason], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "It is asked about.", decided)],
        problems: [.unknownMessage, .notParked, .decidedAlready],
        example: Example(
            after: [ExampleShop.topic, ExampleShop.half],
            Example.Step(
                .post, "/v1/half-messages/540106ca9f2d2c43b7a02c3ffd97676283e7c4/resume?topic=ledger",
                body: #"{"reason":"the bank is back"}"#), 409,
            """
            {"type":"/problems/not_parked","title":"The half message is not parked","status":409,
             "detail":"the half message is not parked: it is undecided, and its producer is asked about it by itself",
             "instance":"/v1/half-messages/540106ca9f2d2c43b7a02c3ffd97676283e7c4/resume","code":"not_parked",
             "stored":false,"request_id":"r-1"}
            """),
        handler: { call throws(Problem) in
            let reason = try call.neededReason(try call.fields())
            let (topic, transaction) = (try neededTopic(call), call.path("transaction"))
            return try await call.act(Resume(transaction, of: topic), because: reason) { $0.decided($1) }
        })
}
