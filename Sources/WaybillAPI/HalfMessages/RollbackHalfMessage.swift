import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension HalfMessages {
    static let rollback = Operation(
        "rollbackHalfMessage", .post, "/v1/half-messages/{transaction}/rollback", "Drops a half message.",
        grant: Need(.producer(topic: nil), .operator), query: [topic], key: .taken,
        body: .fields([Operation.reasonByHand], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Decided, now or before.", decided)],
        problems: [.decidedAlready, .decidedByAnswer, .unknownMessage, .badData],
        example: decision("rollback"), handler: { call throws(Problem) in try await decide(call, .rollback) })
}
