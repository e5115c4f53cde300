import WaybillCore

/// What groups have given up, with why.
enum DeadLetterPage {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let groups = try await visit.asker.get("/v1/groups?limit=200")["items"].list.compactMap { $0["name"].text }
        let asked = visit.query.given("group")
        var dead: [(group: String, count: Int64)] = []
        for name in groups {
            let lag = await visit.asker.optional(Target("/v1/groups", name).then("lag").string)
            let count = (lag?["items"].list ?? []).reduce(Int64(0)) { $0 &+ ($1["dead"].int ?? 0) }
            if count > 0 { dead.append((name, count)) }
        }
        let shown = asked ?? dead.first?.group
        let list =
            if let shown {
                try await ListOf(
                    Target("/v1/groups", shown).then("dead-letters"), at: "/dead-letters", visit)
            } else { ListOf(nothingAt: "/dead-letters", visit) }
        var page = Page("Dead letters", at: .deadLetters) {
            div(.class("head")) { h1 { "Dead letters" } }
            p(.class("lead")) {
                "A message comes here after its last attempt. Then it is delivered again by hand, or deleted."
            }
            visit.did
            if let refused = list.refused { Problems.notice(refused) }
            if dead.isEmpty {
                div(.class("card flush part")) { emptyPart("No dead letters") { "No group has given up a message." } }
            } else {
                nav(.class("tabs"), .label("Groups with dead letters")) {
                    for one in dead {
                        a(
                            .href(Target("/dead-letters").with("group", one.group).string),
                            one.group == shown ? .current("page") : nil
                        ) {
                            HTML.name(one.group)
                            span(.class("count")) { " \(Numbers.grouped(one.count))" }
                        }
                    }
                }
            }
            if let shown, !dead.isEmpty || asked != nil {
                div(.class("card flush part"), .dataPart("list")) {
                    if list.items.isEmpty {
                        emptyPart("\(HTML.name(shown)) has no dead letters") {
                            "It has given up no message, or they were delivered again."
                        }
                    } else {
                        table(list.items, shown, visit)
                        list.pages(
                            "\(Numbers.count(Int64(list.items.count), "letter")) shown, oldest first",
                            next: "Newer ›")
                    }
                }
            }
        }
        page.asOf = list.asOf
        return .page(page)
    }

    private static func table(_ items: [JSONValue], _ group: String, _ visit: Visit) -> HTML {
        let mayAct = visit.asker.may("redrive", on: Text(group))
        let columns: [ListTable.Column] = [
            .init("Message"), .init("Topic"), .init("State"), .init("Died"), .init("Why"),
        ]
        return ListTable(
            caption: "Dead letters", columns: columns + (mayAct ? [.init("Act")] : []),
            rows: items.map { letter in
                let id = letter["id"].text ?? ""
                let state = letter["state"].text ?? ""
                let target = Target("/dead-letters", group).then(id)
                let cells: [ListTable.Cell] = [
                    .init(
                        a(.class("mono"), .href(Target("/messages", id).string)) { HTML.name(MessageName.short(id)) }),
                    .init(HTML.name(letter["topic"].text ?? "")),
                    .init(tag(state == "dead" ? "bad" : "off", state), isSaid: true),
                    .init(letter["died_at"].moment.map { visit.times.listHTML($0) } ?? HTML()),
                    .init(HTML.name(letter["why"].text ?? ""), isWide: true),
                ]
                guard mayAct else { return cells }
                guard state == "dead" else { return cells + [.init(noneHTML("nothing to do"), isNone: true)] }
                return cells + [
                    .init(
                        span(.class("inline")) {
                            a(.href(target.then("redrive").string)) { "Deliver again" }
                            a(.href(target.then("delete").string)) { "Delete" }
                        }, isWide: true)
                ]
            }
        ).html
    }
}
