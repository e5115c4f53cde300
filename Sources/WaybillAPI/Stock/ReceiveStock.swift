import Waybill
import WaybillAccess
import WaybillCore

extension Stock {
    static let receiveStock = Operation(
        "receiveStock", .post, "/v1/stock/{sku}/receive", "Takes in units.", grant: Need(.stock, .operator),
        query: [changedLocation], key: .taken,
        body: .fields(
            [
                Field("quantity", .integer(1...Schema.safeIntegers.upperBound), "How many came in.", isRequired: true),
                note,
            ],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Taken in.", .stockReceipt)], problems: [.stockConflict, .keyReused],
        example: Example(
            ExampleShop.stock, 200,
            """
            {"sku":"mug","location":"","received":100,"adjusted":0,"free":100,"reserved":0,"sold":0,
             "version":1,"event":"e1","repeated":false}
            """),
        handler: { call throws(Problem) in
            try await change(call) { fields throws(Problem) in .receive(try number("quantity", in: fields, from: 1)) }
        })
}
