import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension Consuming {
    static let deadLetter = Operation(
        "deadLetter", .post, "/v1/groups/{group}/dead-letter", "Gives messages up: they go to the dead letters.",
        grant: Need(.consumer(group: "group")),
        body: .fields([receipts, why], bytesMax: Operation.BodyRule.smallMax), answers: answered,
        problems: [.unknownGroup],
        example: example("dead-letter", #","why":"the address does not exist""#),
        handler: { call throws(Problem) in
            let fields = try call.fields()
            let why = try fields.text("why")?.string ?? "the consumer gave up"
            return try await answer(call, fields) { receipt in
                GiveUp(receipt, why: why)
            }
        })
}
