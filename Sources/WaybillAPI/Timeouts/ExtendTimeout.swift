import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Timeouts {
    static let extendTimeout = Operation(
        "extendTimeout", .post, "/v1/orders/{order}/timeouts/{timeout}/extend", "Lets a pending timeout fire later.",
        grant: grant, headers: [.ifMatch, .prefer], key: .taken,
        body: .fields(
            [
                Field("by", .duration, "How much later; with a minus: earlier.", isRequired: true),
                Operation.reasonByHand,
            ],
            bytesMax: Operation.BodyRule.smallMax), answers: answers, problems: problems,
        example: Example(
            after: placed, Example.Step(.post, "/v1/orders/order-7/timeouts/pay_due/extend", body: #"{"by":"15m"}"#),
            200, changed(#""result":"moved","due":"2026-11-29T12:45:00Z""#)),
        handler: { call throws(Problem) in
            guard let by = try call.fields().duration("by") else { throw .badData("by", "the field is missing") }
            return try await change(call, .extend(by: by))
        })
}
