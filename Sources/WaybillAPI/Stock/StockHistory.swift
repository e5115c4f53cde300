import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Stock {
    static let stockHistory = Operation(
        "stockHistory", .get, "/v1/stock/{sku}/history",
        "Lists what came in, was found, lost or counted, the oldest first; what orders did is in their histories.",
        grant: Need(.viewer, .stock), query: [location] + PageRequest.parameters,
        answers: [Operation.Answer(200, "A page.", .page(.any))], problems: [.unknownStock, .badCursor],
        example: Example(
            after: [ExampleShop.stock], .get("/v1/stock/mug/history"), 200,
            #"""
            {"items":[{"event":"e1","version":1,"type":"$receive","at":"2026-11-29T12:00:00Z","caller":"owner",
             "key":"delivery-1","quantity":100,"note":"delivery 1"}],"next":null,"as_of":"e1"}
            """#),
        handler: history)

    private static func history(_ call: Call) async throws(Problem) -> Reply {
        let key = key(call)
        let page = try PageRequest(call, of: PageRequest.list("history of stock", key.sku.text, key.location.text))
        let events = try await call.book.read { book in
            try book.engine.history(of: key, after: page.number ?? 0, limit: page.limit)
        }
        guard let events else { throw unknown(key) }
        let next = events.count == page.limit ? events.last?.event.version : nil
        return page.reply(events, next: next) { writer, event in
            writer.beginObject()
            writer.stockMembers(OrderBook.StockEvent(event.event, event.body, of: key))
            writer.endObject()
        }
    }

    static func unknown(_ key: StockKey) -> Problem {
        Problem(.unknownStock, "there has never been any stock of \(key.sku); receive some first")
            .with(["sku": .text(key.sku.text.string), "location": .text(key.location.text.string)])
    }
}
