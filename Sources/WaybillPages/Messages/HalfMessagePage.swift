import WaybillCore

/// Half messages of which no producer has said yet whether they are sent.
enum HalfMessagePage {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let query = visit.query
        let list = try await ListOf(
            Target("/v1/half-messages").with("state", query.given("state")).with("producer", query.given("producer"))
                .with("topic", query.given("topic")), at: "/half-messages", visit)
        let isFiltered = query.items.contains { !$0.value.isEmpty }
        var page = Page("Half messages", at: .halfMessages) {
            div(.class("head")) { h1 { "Half messages" } }
            p(.class("lead")) {
                "They are prepared, and sent only when their producer says so. It is asked again and again; "
                    + "then a person decides."
            }
            visit.did
            filterForm("/half-messages", isSet: isFiltered) {
                choiceField(
                    "State", "state", query["state"],
                    [("", "all"), ("half", "still asked about"), ("parked", "needs a person")])
                textField("Producer", "producer", query["producer"])
                textField("Topic", "topic", query["topic"])
            }
            if let refused = list.refused { Problems.notice(refused) }
            div(.class("card flush part"), .dataPart("list")) {
                if list.items.isEmpty {
                    emptyPart("Nothing is in doubt") {
                        isFiltered
                            ? "No undecided message fits this filter."
                            : "Every half message was committed or rolled back."
                    }
                } else {
                    table(list.items, visit)
                    list.pages(
                        "\(Numbers.count(Int64(list.items.count), "message")) in doubt, oldest first",
                        next: "Newer ›")
                }
            }
        }
        page.asOf = list.asOf
        page.live = "/live/overview"
        return .page(page)
    }

    private static func table(_ items: [JSONValue], _ visit: Visit) -> HTML {
        let mayAct = visit.asker.may("commitHalfMessage")
        let columns: [ListTable.Column] = [
            .init("Message"), .init("Topic"), .init("Producer"), .init("State"), .init("Prepared"),
            .init("Asked", isNumber: true), .init("Next"),
        ]
        return ListTable(
            caption: "Half messages in doubt", columns: columns + (mayAct ? [.init("Act")] : []),
            rows: items.map { half in
                let isParked = half["parked"].bool
                let topic = half["topic"].text ?? ""
                let cells: [ListTable.Cell] = [
                    .init(
                        a(.class("mono"), .href(Target("/messages", half["id"].text ?? "").string)) {
                            HTML.name(MessageName.short(half["id"].text ?? ""))
                        }),
                    .init(HTML.name(topic)), .init(HTML.name(half["producer"].text ?? half["order"].text ?? "")),
                    .init(isParked ? tag("bad", "needs a person") : tag("wait", "is asked about"), isSaid: true),
                    .init(half["prepared_at"].moment.map { visit.times.listHTML($0) } ?? HTML()),
                    .init(countHTML(half["checks"].int ?? 0)),
                    half["next_check_at"].moment.map { .init(visit.times.countdownHTML($0)) }
                        ?? .init(noneHTML("not asked any more"), isNone: true),
                ]
                guard mayAct, let transaction = half["transaction"].text else { return cells }
                let target = { (verb: String) in
                    Target("/half-messages", transaction).then(verb).with("topic", topic).string
                }
                return cells + [
                    .init(
                        span(.class("inline")) {
                            a(.href(target("commit"))) { "Commit" }
                            a(.href(target("rollback"))) { "Roll back" }
                            if isParked { a(.href(target("resume"))) { "Ask again" } }
                        }, isWide: true)
                ]
            }
        ).html
    }
}
