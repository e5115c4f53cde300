import Waybill
import WaybillAccess
import WaybillCore

extension Stock {
    private static let note = Field("note", .text(), "Kept with the event: a delivery note, a person, a reason.")

    static let receiveStock = Operation(
        "receiveStock", .post, "/v1/stock/{sku}/receive", "Takes in units.", grant: Need(.stock, .operator),
        query: [location], key: .taken,
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
             "version":1,"repeated":false}
            """),
        handler: { call throws(Problem) in
            try await change(call) { fields throws(Problem) in .receive(try number("quantity", in: fields, from: 1)) }
        })

    static let adjustStock = Operation(
        "adjustStock", .post, "/v1/stock/{sku}/adjust", "Notes units that were found or lost.",
        grant: Need(.stock, .operator), query: [location], key: .taken,
        body: .fields(
            [Field("by", .integer(), "How many more; below 0: how many fewer.", isRequired: true), note],
            bytesMax: Operation.BodyRule.smallMax),
        answers: [Operation.Answer(200, "Noted.", .stockReceipt)], problems: [.stockConflict, .keyReused],
        example: Example(
            after: [ExampleShop.stock],
            Example.Step(.post, "/v1/stock/mug/adjust", body: #"{"by":-3,"note":"broken"}"#), 200,
            """
            {"sku":"mug","location":"","received":100,"adjusted":-3,"free":97,"reserved":0,"sold":0,
             "version":2,"repeated":false}
            """),
        handler: { call throws(Problem) in
            try await change(call) { fields throws(Problem) in .adjust(try number("by", in: fields)) }
        })

    static let countStock = Operation(
        "countStock", .post, "/v1/stock/{sku}/count", "Sets the free units to what was counted.",
        grant: Need(.stock, .operator), query: [location], key: .taken,
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
             "version":2,"repeated":false}
            """),
        handler: { call throws(Problem) in
            try await change(call) { fields throws(Problem) in
                .count(try number("quantity", in: fields, from: 0), expected: try fields.int("expected"))
            }
        })

    private static func number(
        _ name: String, in fields: BodyFields, from least: Int64 = Schema.safeIntegers.lowerBound
    ) throws(Problem) -> Int64 {
        guard let number = try fields.int(name, in: least...Schema.safeIntegers.upperBound) else {
            throw .badData(fields.place(name), "the field is missing")
        }
        return number
    }

    private static func change(
        _ call: Call, _ action: (BodyFields) throws(Problem) -> StockCommand.Action
    ) async throws(Problem) -> Reply {
        let fields = try call.fields()
        var command = StockCommand(
            try action(fields), of: key(call), key: call.key, caller: call.principal.name,
            note: try fields.text("note"), trace: call.trace)
        command.levelMax = Schema.safeIntegers.upperBound
        let receipt = try await call.book.submit(command, until: call.end)
        var reply = Reply.json { $0.receipt(receipt) }
        if receipt.isRepeat { reply.headers.append(Reply.replayed) }
        return reply
    }
}
