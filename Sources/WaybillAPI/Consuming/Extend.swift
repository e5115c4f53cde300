import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension Consuming {
    static let extend = Operation(
        "extend", .post, "/v1/groups/{group}/extend", "Keeps messages from others for longer.",
        grant: Need(.consumer(group: "group")),
        body: .fields(
            [
                receipts,
                Field("invisible_ms", .integer(1...43_200_000), "How long, from now.", isRequired: true),
            ], bytesMax: Operation.BodyRule.smallMax), answers: answered,
        example: example("extend", #","invisible_ms":60000"#),
        handler: { call throws(Problem) in
            let fields = try call.fields()
            guard let milliseconds = try fields.int("invisible_ms") else {
                throw .badData("invisible_ms", "the field is missing")
            }
            return try await answer(call, fields) { receipt in
                Extend(receipt, by: Interval(milliseconds: milliseconds))
            }
        })
}
