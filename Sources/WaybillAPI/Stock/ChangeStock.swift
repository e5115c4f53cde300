import Waybill
import WaybillAccess
import WaybillCore

extension Stock {
    static let note = Field("note", .text(), "Kept with the event: a delivery note, a person, a reason.")

    static func number(
        _ name: String, in fields: BodyFields, from least: Int64 = Schema.safeIntegers.lowerBound
    ) throws(Problem) -> Int64 {
        guard let number = try fields.int(name, in: least...Schema.safeIntegers.upperBound) else {
            throw .badData(fields.place(name), "the field is missing")
        }
        return number
    }

    static func change(
        _ call: Call, _ action: (BodyFields) throws(Problem) -> StockCommand.Action
    ) async throws(Problem) -> Reply {
        let fields = try call.fields()
        var command = StockCommand(
            try action(fields), of: key(call), key: call.key, caller: call.principal.name,
            note: try fields.text("note"), trace: call.trace)
        command.isAboutOnlyPlace = call.query.text("location") == nil
        command.levelMax = Schema.safeIntegers.upperBound
        let receipt = try await call.book.submit(command, until: call.end)
        var reply = Reply.json { $0.receipt(receipt) }
        if receipt.isRepeat { reply.headers.append(Reply.replayed) }
        return reply
    }
}
