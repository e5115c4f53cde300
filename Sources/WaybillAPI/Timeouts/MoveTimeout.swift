import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Timeouts {
    static let moveTimeout = Operation(
        "moveTimeout", .post, "/v1/orders/{order}/timeouts/{timeout}/move", "Gives a pending timeout another time.",
        grant: grant, headers: [.ifMatch, .prefer], key: .taken,
        body: .fields(
            [Field("to", .time, "When it fires; never before now.", isRequired: true), Operation.reasonByHand],
            bytesMax: Operation.BodyRule.smallMax), answers: answers, problems: problems,
        example: Example(
            after: placed,
            Example.Step(
                .post, "/v1/orders/order-7/timeouts/pay_due/move", body: #"{"to":"2026-11-29T15:00:00Z"}"#), 200,
            changed(#""result":"moved","due":"2026-11-29T15:00:00Z""#)),
        handler: { call throws(Problem) in
            guard let to = try call.fields().time("to") else { throw .badData("to", "the field is missing") }
            return try await change(call, .move(to: to))
        })
}
