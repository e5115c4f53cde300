import WaybillCore

/// Messages by id, by key, or by topic and time.
enum MessageList {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let query = visit.query
        let topics =
            await visit.asker.optional("/v1/topics?limit=100")?["items"].list.compactMap { $0["name"].text } ?? []
        let asksForNothing = ["id", "key", "topic"].allSatisfy { query.given($0) == nil }
        let from = try OrderList.time("from", query)
        let list =
            asksForNothing
            ? ListOf(nothingAt: "/messages", visit)
            : try await ListOf(
                Target("/v1/messages").with("id", query.given("id")).with("key", query.given("key"))
                    .with("topic", query.given("topic")).with("from", query.given("topic") == nil ? nil : from),
                at: "/messages", visit)
        var page = Page("Messages", at: .messages) {
            div(.class("head")) { h1 { "Messages" } }
            filterForm("/messages", isSet: !asksForNothing) {
                textField("Id", "id", query["id"], placeholder: "e42-0-…")
                textField("Key: an order’s id, or the sender’s", "key", query["key"], placeholder: "order-58")
                choiceField("Topic", "topic", query["topic"], [("", "any")] + topics.map { ($0, $0) })
                textField("From, UTC; with a topic", "from", query["from"], placeholder: "2026-11-30 12:00")
            }
            if let refused = list.refused { Problems.notice(refused) }
            div(.class("card flush part"), .dataPart("list")) {
                if list.items.isEmpty {
                    emptyPart(asksForNothing ? "Which messages?" : "No visible message fits this filter") {
                        asksForNothing
                            ? "Name an id, a key or a topic. The key of what an order sends is its id."
                            : "Half and delayed ones are listed when they are visible; old ones are gone."
                    }
                } else {
                    table(list.items, visit.times)
                    list.pages(
                        "\(Numbers.count(Int64(list.items.count), "message")) shown, oldest first", next: "Newer ›")
                }
            }
        }
        page.asOf = list.asOf
        return .page(page)
    }

    private static func table(_ items: [JSONValue], _ times: Times) -> HTML {
        ListTable(
            caption: "Messages",
            columns: [
                .init("Message"), .init("Topic, tag"), .init("Keys"), .init("Order"), .init("Born"),
                .init("Size", isNumber: true),
            ],
            rows: items.map { message in
                let id = message["id"].text ?? ""
                let topic = message["topic"].text ?? ""
                return [
                    .init(
                        a(.class("mono"), .href(Target("/messages", id).string)) { HTML.name(MessageName.short(id)) }),
                    .init(HTML.name(message["tag"].text.map { "\(topic):\($0)" } ?? topic)),
                    .init(HTML.name(message["keys"].texts.joined(separator: ", "))),
                    message["order"].text.map { order in
                        .init(a(.class("mono"), .href(Target("/orders", order).string)) { HTML.name(order) })
                    } ?? .init(noneHTML("not of an order"), isNone: true),
                    .init(message["born_at"].moment.map { times.listHTML($0) } ?? HTML()),
                    .init(HTML(Numbers.bytes(message["body_bytes"].int ?? 0))),
                ]
            }
        ).html
    }
}
