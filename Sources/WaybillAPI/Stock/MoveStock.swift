import Waybill
import WaybillAccess
import WaybillCore

extension Stock {
    static let moveStock = Operation(
        "moveStock", .post, "/v1/stock/{sku}/move",
        "Notes free units that went to another place: in one step, so that they are never at both or at neither.",
        grant: Need(.stock, .operator), query: [changedLocation], key: .taken,
        body: .fields(
            [
                Field("quantity", .integer(1...Schema.safeIntegers.upperBound), "How many went.", isRequired: true),
                Field("to", .text(bytesMax: 256), "The place where they went to.", isRequired: true), note,
            ], bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Noted; the level is that of the place which they left.", .stockReceipt)],
        problems: [.stockConflict, .keyReused],
        example: Example(
            after: [ExampleShop.stock],
            Example.Step(.post, "/v1/stock/mug/move", body: #"{"quantity":40,"to":"east","note":"van 2"}"#), 200,
            """
            {"sku":"mug","location":"","received":100,"adjusted":-40,"free":60,"reserved":0,"sold":0,
             "version":2,"event":"e2","repeated":false}
            """),
        handler: { call throws(Problem) in
            try await change(call) { fields throws(Problem) in
                let quantity = try number("quantity", in: fields, from: 1)
                guard let place = try fields.text("to", bytesMax: 256) else {
                    throw .badData("to", "the field is missing")
                }
                return .move(quantity, to: Location(place))
            }
        })
}
