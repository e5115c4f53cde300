import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore

extension Consuming {
    static let fail = Operation(
        "fail", .post, "/v1/groups/{group}/fail",
        "Says that messages could not be handled: they come again, or are dead after their attempts. In a FIFO group "
            + "those behind one in its message group are taken back with it, and come again behind it.",
        grant: Need(.consumer(group: "group")),
        body: .fields(
            [
                receipts,
                Field(
                    "retry_after_ms", .integer(0...invisibleMax),
                    "After which time they come again; by default as the group's ladder says."),
                why,
            ],
            bytesMax: Operation.BodyRule.smallMax), answers: answered,
        problems: [.unknownGroup, .badSetting],
        example: example("fail", #","why":"the printer is out of paper""#),
        handler: { call throws(Problem) in
            let fields = try call.fields()
            let delay = try invisibleTime(fields, "retry_after_ms", min: 0, of: "delay")
            let why = try fields.text("why")?.string ?? "the consumer failed"
            return try await answer(call, fields) { receipt in
                Fail(receipt, delay: delay, why: why)
            }
        })
}
