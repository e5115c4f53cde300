import Waybill
import WaybillAccess
import WaybillCore

extension Stock {
    static let showStock = Operation(
        "showStock", .get, "/v1/stock/{sku}", "Shows the level of a stock.", grant: Need(.viewer, .stock),
        query: [location], answers: [Operation.Answer(200, "The level.", .stockLevel)], problems: [.unknownStock],
        example: Example(
            after: [ExampleShop.stock, ExampleShop.place], .get("/v1/stock/mug"), 200,
            #"{"sku":"mug","location":"","received":100,"adjusted":0,"free":98,"reserved":2,"sold":0}"#),
        handler: show)

    private static func show(_ call: Call) async throws(Problem) -> Reply {
        let key = key(call)
        guard let level = try await call.book.read({ book in try book.stock(key) }) else {
            throw unknown(key)
        }
        return .json { writer in
            writer.beginObject()
            writer.stock(key)
            writer.level(level)
            writer.endObject()
        }
    }
}
