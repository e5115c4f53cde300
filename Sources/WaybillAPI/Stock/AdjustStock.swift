import Waybill
import WaybillAccess
import WaybillCore

extension Stock {
    static let adjustStock = Operation(
        "adjustStock", .post, "/v1/stock/{sku}/adjust", "Notes units that were found or lost.",
        grant: Need(.stock, .operator), query: [changedLocation], key: .taken,
        body: .fields(
            [Field("by", .integer(), "How many more; below 0: how many fewer.", isRequired: true), note],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Noted.", .stockReceipt)], problems: [.stockConflict, .keyReused],
        example: Example(
            after: [ExampleShop.stock],
            Example.Step(.post, "/v1/stock/mug/adjust", body: #"{"by":-3,"note":"broken"}"#), 200,
            """
            {"sku":"mug","location":"","received":100,"adjusted":-3,"free":97,"reserved":0,"sold":0,
             "version":2,"event":"e2","repeated":false}
            """),
        handler: { call throws(Problem) in
            try await change(call) { fields throws(Problem) in .adjust(try number("by", in: fields)) }
        })
}
