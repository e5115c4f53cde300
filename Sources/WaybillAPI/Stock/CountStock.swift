import Waybill
import WaybillAccess
import WaybillCore

extension Stock {
    static let countStock = Operation(
        "countStock", .post, "/v1/stock/{sku}/count", "Sets the free units to what was counted.",
        grant: Need(.stock, .operator), query: [changedLocation], key: .taken,
        body: .fields(
            [
                Field(
                    "quantity", .integer(0...Schema.safeIntegers.upperBound), "How many free units there are.",
                    isRequired: true),
                Field("expected", .integer(), "What the book said when the count began."), note,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Set.", .stockReceipt)], problems: [.stockConflict, .keyReused],
        example: Example(
            after: [ExampleShop.stock],
            Example.Step(.post, "/v1/stock/mug/count", body: #"{"quantity":99,"expected":100}"#), 200,
            """
            {"sku":"mug","location":"","received":100,"adjusted":-1,"free":99,"reserved":0,"sold":0,
             "version":2,"event":"e2","repeated":false}
            """),
        handler: { call throws(Problem) in
            try await change(call) { fields throws(Problem) in
                .count(try number("quantity", in: fields, from: 0), expected: try fields.int("expected"))
            }
        })
}
