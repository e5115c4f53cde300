import WaybillCore

/// What was done outside of orders and stock: who, when, what, why, from where.
enum AuditPage {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let query = visit.query
        let from = try OrderList.time("from", query)
        let list = try await ListOf(
            Target("/v1/audit").with("order", "newest").with("type", query.given("type"))
                .with("caller", query.given("caller")).with("from", from), at: "/audit", visit)
        var page = Page("Audit", at: .audit) {
            div(.class("head")) { h1 { "Audit" } }
            filterForm("/audit", isSet: query.items.contains { !$0.value.isEmpty }) {
                textField("Type", "type", query["type"], placeholder: "$operation")
                textField("By", "caller", query["caller"])
                textField("From, UTC", "from", query["from"], placeholder: "2026-11-30 12:00")
            }
            if let refused = list.refused { Problems.notice(refused) }
            div(.class("card flush part"), .dataPart("list")) {
                if list.items.isEmpty {
                    emptyPart("No act fits this filter") {
                        "A page may be empty while older ones are not: "
                        a(.href("/audit")) { "clear the filter" }
                        "."
                    }
                } else {
                    table(list.items, visit.times)
                }
                list.pages("\(Numbers.count(Int64(list.items.count), "act")) shown, newest first")
            }
        }
        page.asOf = list.asOf
        return .page(page)
    }

    private static func table(_ items: [JSONValue], _ times: Times) -> HTML {
        ListTable(
            caption: "Acts, newest first",
            columns: [.init("Event"), .init("When"), .init("What"), .init("By"), .init("Reason"), .init("About")],
            rows: items.map { act in
                let type = act["type"].text ?? ""
                let about = act["about"].members.filter { !["reason", "request"].contains($0.name) }
                let caller = act["caller"].text ?? ""
                let reason = act["about"]["reason"].text ?? act["about"]["why"].text
                return [
                    .init(HTML.mono(act["event"].text ?? "")),
                    .init(act["at"].moment.map { times.listHTML($0) } ?? HTML()),
                    .init(
                        a(.href(Target("/audit").with("type", type).string)) {
                            HTML(String(type.drop { $0 == "$" }).replacing("_", with: " "))
                        }), .init(caller.isEmpty ? HTML.soft("the engine") : HTML.name(caller)),
                    reason.map { .init(HTML.name($0)) } ?? .init(noneHTML("no reason"), isNone: true),
                    .init(pairsList(about), isWide: true),
                ]
            }
        ).html
    }
}
