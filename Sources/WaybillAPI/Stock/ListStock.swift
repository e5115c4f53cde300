import Waybill
import WaybillAccess
import WaybillCore
import WaybillEngine

extension Stock {
    static let listStock = Operation(
        "listStock", .get, "/v1/stock", "Lists stocks by SKU and location.", grant: Need(.viewer, .stock),
        query: [
            Parameter("prefix", .text(), "Only SKUs that begin with this."),
            Parameter("short_of", .integer(1...Schema.safeIntegers.upperBound), "Only those with fewer free."),
            Parameter(
                "kind", .word(StockFilter.Kind.allCases.map(\.rawValue)),
                "Only goods, or only purchase limits: what each buyer may have."),
        ] + PageRequest.parameters,
        answers: [
            Operation.Answer(
                200, "A page; one with a filter may be short, even empty, while `next` is there.", .page(.stockLevel))
        ],
        example: Example(
            after: [ExampleShop.stock], .get("/v1/stock"), 200,
            """
            {"items":[{"sku":"mug","location":"","received":100,"adjusted":0,"free":100,"reserved":0,"sold":0}],
             "next":null,"as_of":"e1"}
            """),
        handler: list)

    private static func list(_ call: Call) async throws(Problem) -> Reply {
        let prefix = call.query.text("prefix") ?? ""
        let wanted = try call.query.int("short_of", in: 1...Schema.safeIntegers.upperBound)
        let kind = try call.query.word("kind", StockFilter.Kind.self)
        let page = try PageRequest(
            call,
            of: PageRequest.list(
                "stock", prefix, wanted.map { Text("\($0)") }, kind.map { Text($0.rawValue) }))
        let after = page.after.flatMap { place in
            place.count == 2 ? StockKey(sku: SKU(place[0]), location: Location(place[1])) : nil
        }
        let stocks = try await call.book.read { book in
            try book.engine.stocks(beginning: prefix, after: after, limit: page.limit)
        }
        let last = stocks.count == page.limit ? stocks.last?.key : nil
        let items = stocks.filter { stock in
            (wanted.map { stock.level.free < $0 } ?? true) && (kind?.holds(stock.level) ?? true)
        }
        return page.reply(items, next: last.map { [$0.sku.text, $0.location.text] }) { writer, stock in
            writer.beginObject()
            writer.stock(stock.key)
            writer.level(stock.level)
            writer.endObject()
        }
    }
}
