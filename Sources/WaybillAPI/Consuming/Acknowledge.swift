import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension Consuming {
    static let acknowledge = Operation(
        "acknowledge", .post, "/v1/groups/{group}/acknowledge", "Says that messages are done.",
        grant: Need(.consumer(group: "group")),
        body: .fields([receipts], bytesMax: Operation.BodyRule.smallMax), answers: answered,
        problems: [.unknownGroup],
        example: example("acknowledge"),
        handler: { call throws(Problem) in
            let (group, receipts) = (try group(call), try texts(try call.fields()))
            guard !receipts.isEmpty else { return reply([]) }
            let verb = AcknowledgeMany(receipts.map { DeliveryReceipt($0) }, by: group)
            return reply(Array(zip(receipts, try await call.book.submit(verb, until: call.end))))
        })
}
