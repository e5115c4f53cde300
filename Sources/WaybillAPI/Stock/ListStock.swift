import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Stock {
    static let listStock = Operation(
        "listStock", .get, "/v1/stock", "Lists stocks by SKU and location.", grant: Need(.viewer, .stock),
        query: PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .page(.stockLevel))],
        example: Example(
            after: [ExampleShop.stock], .get("/v1/stock"), 200,
            """
            {"items":[{"sku":"mug","location":"","received":100,"adjusted":0,"free":100,"reserved":0,"sold":0}],
             "next":null}
            """),
        handler: list)

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let page = try PageRequest(call, of: "stock")
        let after = page.after.flatMap { place in
            place.count == 2 ? StockKey(sku: SKU(place[0]), location: Location(place[1])) : nil
        }
        let stocks = try await call.book.read { book in try book.engine.stocks(after: after, limit: page.limit) }
        let last = stocks.count == page.limit ? stocks.last?.key : nil
        return page.reply(stocks, next: last.map { [$0.sku.text, $0.location.text] }) { writer, stock in
            writer.beginObject()
            writer.stock(stock.key)
            writer.level(stock.level)
            writer.endObject()
        }
    }
}
