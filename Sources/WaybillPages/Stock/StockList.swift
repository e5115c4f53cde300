import WaybillCore

/// Stocks by SKU and place, each with what came in beside where it is.
enum StockList {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let query = visit.query
        let list = try await ListOf(
            Target("/v1/stock").with("prefix", query.given("prefix")).with("short_of", query.given("short_of"))
                .with("kind", query.given("kind")), at: "/stock", visit)
        var page = Page("Stock", at: .stock) {
            div(.class("head")) {
                h1 { "Stock" }
                if visit.asker.may("receiveStock") {
                    div(.class("acts")) { a(.class("button"), .href("/stock-change")) { "Take in" } }
                }
            }
            filterForm("/stock", isSet: query.items.contains { !$0.value.isEmpty }) {
                textField("SKU begins with", "prefix", query["prefix"])
                textField("Fewer free than", "short_of", query["short_of"], placeholder: "10")
                choiceField(
                    "Kind", "kind", query["kind"], [("", "all"), ("goods", "goods"), ("limits", "purchase limits")])
            }
            if let refused = list.refused { Problems.notice(refused) }
            div(.class("card flush part"), .dataPart("list")) {
                if list.items.isEmpty {
                    emptyPart("No stock is found") {
                        query.items.contains { !$0.value.isEmpty }
                            ? "Clear the filter, or take some in: " : "Take some in: "
                        code { "waybill stock receive" }
                        "."
                    }
                } else {
                    table(list.items)
                    list.pages("\(Numbers.count(Int64(list.items.count), "stock")) shown, by SKU", next: "Next ›")
                }
            }
        }
        page.asOf = list.asOf
        page.live = query.given("cursor") == nil ? "/live/overview" : nil
        return .page(page)
    }

    private static func table(_ items: [JSONValue]) -> HTML {
        ListTable(
            caption: "Stock by SKU and place",
            columns: [
                .init("SKU, place"), .init("Free", isNumber: true), .init("Reserved", isNumber: true),
                .init("Sold", isNumber: true), .init("Received", isNumber: true), .init("Adjusted", isNumber: true),
                .init("Adds up"),
            ],
            rows: items.map { stock in
                let (sku, place) = (stock["sku"].text ?? "", stock["location"].text ?? "")
                return [
                    .init(
                        pieces {
                            a(.href(Target("/stock", sku).with("location", place).string)) { HTML.name(sku) }
                            if !place.isEmpty { small { HTML.name(place) } }
                        }), number(stock, "free"), number(stock, "reserved"), number(stock, "sold"),
                    number(stock, "received"), number(stock, "adjusted"), .init(StockLevel.check(stock), isSaid: true),
                ]
            }
        ).html
    }

    private static func number(_ stock: JSONValue, _ name: Text) -> ListTable.Cell {
        .init(countHTML(stock[name].int ?? 0))
    }
}

/// A level adds up when what came in is where it is now.
enum StockLevel {
    static func check(_ stock: JSONValue) -> HTML {
        let number = { (name: Text) in stock[name].int ?? 0 }
        let isSound = number("received") &+ number("adjusted") == number("free") &+ number("reserved") &+ number("sold")
        return mark(isSound ? "ok" : "bad", isSound ? "adds up" : "does not add up")
    }
}
