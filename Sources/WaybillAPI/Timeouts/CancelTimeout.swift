import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Timeouts {
    static let cancelTimeout = Operation(
        "cancelTimeout", .post, "/v1/orders/{order}/timeouts/{timeout}/cancel", "Cancels a pending timeout.",
        grant: grant, headers: [.ifMatch, .prefer], key: .taken,
        body: .fields([Operation.reasonByHand], bytesMax: Operation.BodyRule.smallMax), answers: answers,
        problems: problems,
        example: Example(
            after: placed, Example.Step(.post, "/v1/orders/order-7/timeouts/pay_due/cancel"), 200,
            changed(#""result":"cancelled""#)),
        handler: { call throws(Problem) in try await change(call, .cancel) })
}
