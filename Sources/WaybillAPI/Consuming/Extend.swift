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
                Field("invisible_ms", .integer(1...invisibleMax), "How long, from now.", isRequired: true),
            ], bytesMax: Operation.BodyRule.smallMax), answers: answered,
        problems: [.unknownGroup, .badSetting],
        example: example("extend", #","invisible_ms":60000"#),
        handler: { call throws(Problem) in
            let fields = try call.fields()
            guard let time = try invisibleTime(fields, "invisible_ms", min: 1, of: "invisible") else {
                throw .badData("invisible_ms", "the field is missing")
            }
            return try await answer(call, fields) { receipt in Extend(receipt, by: time) }
        })
}
