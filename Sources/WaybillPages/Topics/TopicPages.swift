import WaybillCore

/// Topics with what they hold, and groups with how far behind they are.
enum TopicPages {
    static func list(_ visit: Visit) async throws(Refused) -> Outcome {
        let list = try await ListOf(Target("/v1/topics"), at: "/topics", visit)
        let groups = await GroupStanding.all(visit)
        let lanes = await visit.asker.optional("/v1/lanes")?["items"].list ?? []
        var held: [String: JSONValue] = [:]
        for topic in list.items {
            guard let name = topic["name"].text else { continue }
            held[name] = await visit.asker.optional(Target("/v1/topics", name).then("retention").string)
        }
        var page = Page("Topics and groups", at: .topics) {
            div(.class("head")) { h1 { "Topics and groups" } }
            visit.did
            section(.class("part"), .dataPart("groups")) {
                header {
                    h2 { "Groups" }
                    span(.class("soft small")) { "what needs a look first" }
                }
                div(.class("card flush")) {
                    if groups.isEmpty {
                        emptyPart("No group consumes yet") {
                            "One is made by its first consumer, or by "
                            code { "waybill group create" }
                            "."
                        }
                    } else {
                        GroupStanding.table(groups, visit.times)
                    }
                }
            }
            section(.class("part"), .dataPart("topics")) {
                header {
                    h2 { "Topics" }
                    span(.class("soft small")) { "in the order in which they were made" }
                }
                div(.class("card flush")) {
                    table(list.items, held)
                    list.pages(HTML(Numbers.count(Int64(list.items.count), "topic")), next: "Newer ›")
                }
            }
            if !lanes.isEmpty { self.lanes(lanes) }
        }
        page.asOf = list.asOf
        page.live = "/live/overview"
        return .page(page)
    }

    private static func table(_ topics: [JSONValue], _ held: [String: JSONValue]) -> HTML {
        ListTable(
            caption: "Topics",
            columns: [
                .init("Topic"), .init("Takes"), .init("Messages", isNumber: true), .init("Size", isNumber: true),
                .init("Kept for"), .init("Groups", isNumber: true),
            ],
            rows: topics.map { topic in
                let name = topic["name"].text ?? ""
                let report = held[name]
                return [
                    .init(a(.href(Target("/topics", name).string)) { HTML.name(name) }),
                    .init(HTML(topic["type"].text ?? "")),
                    .init(countHTML(report?["messages"].int ?? 0)),
                    .init(HTML(Numbers.bytes(report?["bytes"].int ?? 0))),
                    .init(HTML(EventWords.words(topic["retention"], .number(.duration)))),
                    .init(countHTML(Int64(report?["claims"].list.count ?? 0))),
                ]
            }
        ).html
    }

    private static func lanes(_ lanes: [JSONValue]) -> HTML {
        section(.class("part"), .dataPart("lanes")) {
            header { h2 { "Lanes" } }
            div(.class("card flush")) {
                ListTable(
                    caption: "Lanes", columns: [.init("Lane"), .init("State"), .init("Topics"), .init("Served in")],
                    rows: lanes.map { lane in
                        [
                            .init(HTML.name(lane["name"].text ?? "")),
                            .init(lane["closed"].bool ? tag("off", "closed") : tag("ok", "open"), isSaid: true),
                            .init(HTML.name(lane["topics"].texts.joined(separator: ", "))),
                            .init(HTML.name(lane["served_in"].texts.joined(separator: ", "))),
                        ]
                    }
                ).html
            }
        }
    }

    static func topic(_ visit: Visit) async throws(Refused) -> Outcome {
        let name = visit["topic"]
        let topic = try await visit.asker.get(Target("/v1/topics", name).string)
        let report = try await visit.asker.get(Target("/v1/topics", name).then("retention").string)
        let claims = report["claims"].list
        var page = Page(name, at: .topics) {
            p(.class("crumbs")) { a(.href("/topics")) { "Topics and groups" } }
            div(.class("head")) {
                h1(.class("mono")) { HTML.name(name) }
                div(.class("acts")) {
                    a(.class("button"), .href(Target("/messages").with("topic", name).string)) { "Its messages" }
                }
            }
            dl(.class("facts")) {
                fact("Takes", HTML(topic["type"].text ?? ""))
                fact("Queues", HTML(Numbers.grouped(topic["queues"].int ?? 0)))
                fact("Kept for", HTML(EventWords.words(topic["retention"], .number(.duration))))
                fact("At most", HTML(Numbers.bytes(topic["bytes_max"].int ?? 0)))
                if let at = topic["created_at"].moment { fact("Made", visit.times.wholeHTML(at)) }
            }
            dl(.class("stats"), .dataPart("stats")) {
                stat("Messages", HTML(Numbers.grouped(report["messages"].int ?? 0)), "kept now")
                stat("Size", HTML(Numbers.bytes(report["bytes"].int ?? 0)), "of their bodies")
                stat(
                    "Go next by time", HTML(Numbers.grouped(report["goes_by_time"].int ?? 0)),
                    "older than they are kept for")
                stat("Groups", HTML(Numbers.grouped(Int64(claims.count))), "for which messages are kept")
            }
            section(.class("part"), .dataPart("claims")) {
                header { h2 { "Who gets its messages" } }
                div(.class("card flush")) {
                    if claims.isEmpty {
                        emptyPart("No group has asked for this topic") {
                            "Its messages are kept for the time above all the same."
                        }
                    } else {
                        self.claims(claims, visit.times)
                    }
                }
            }
        }
        page.asOf = nil
        page.live = "/live/overview"
        return .page(page)
    }

    private static func claims(_ claims: [JSONValue], _ times: Times) -> HTML {
        ListTable(
            caption: "Groups of this topic",
            columns: [.init("Group"), .init("Owed", isNumber: true), .init("Last asked"), .init("State")],
            rows: claims.map { claim in
                let name = claim["group"].text ?? ""
                let state =
                    claim["gap"].bool
                    ? tag("bad", "has missed messages") : claim["idle"].bool ? tag("off", "idle") : tag("ok", "in use")
                return [
                    .init(a(.href(Target("/groups", name).string)) { HTML.name(name) }),
                    .init(countHTML(claim["owed"].int ?? 0)),
                    .init(claim["last_used_at"].moment.map { times.listHTML($0) } ?? noneHTML("never")),
                    .init(state, isSaid: true),
                ]
            }
        ).html
    }

    static func fact(_ name: String, _ value: HTML) -> HTML {
        div {
            dt { HTML(name) }
            dd { value }
        }
    }

    static func stat(_ name: String, _ number: HTML, _ words: HTML) -> HTML {
        div {
            dt { HTML(name) }
            dd { number }
            dd { words }
        }
    }
}

/// One group: its rules, how far behind it is on each topic, and what it has given up.
enum GroupPage {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let name = visit["group"]
        let group = try await visit.asker.get(Target("/v1/groups", name).string)
        let lag = try await visit.asker.get(Target("/v1/groups", name).then("lag").string)
        let all = lag["items"].list.map { GroupStanding($0, lastUsed: group["last_used_at"].moment) }
        let heldBack = lag["items"].list.compactMap { $0["held_back"].text }
        var page = Page(name, at: .topics) {
            p(.class("crumbs")) { a(.href("/topics")) { "Topics and groups" } }
            div(.class("head")) {
                h1(.class("mono")) { HTML.name(name) }
                if let worst = all.min(by: { $0.word(visit.now) < $1.word(visit.now) }) { worst.tag(visit.now) }
                div(.class("acts")) {
                    a(.class("button"), .href(Target("/dead-letters").with("group", name).string)) { "Dead letters" }
                    if visit.asker.may("lookBack") {
                        a(.class("button"), .href(Target("/groups", name).then("look-back").string)) { "Look back" }
                    }
                }
            }
            dl(.class("facts")) {
                TopicPages.fact("Order", group["fifo"].bool ? "in turn within each message group" : "in any order")
                if group["broadcast"].bool { TopicPages.fact("Delivery", "to every client") }
                TopicPages.fact("Attempts", HTML(Numbers.grouped(group["max_attempts"].int ?? 0)))
                TopicPages.fact("Time to answer", HTML(EventWords.words(group["invisible"], .number(.duration))))
                if let at = group["last_used_at"].moment { TopicPages.fact("Last asked", visit.times.wholeHTML(at)) }
            }
            visit.did
            for words in heldBack {
                div(.class("notice warn")) {
                    span(.class("tag warn")) { "held back" }
                    div { HTML.name(words) }
                }
            }
            section(.class("part"), .dataPart("lag")) {
                header { h2 { "Topics" } }
                div(.class("card flush")) {
                    if all.isEmpty {
                        emptyPart("It has asked for no topic yet") { "Its first request to receive says which." }
                    } else {
                        GroupStanding.table(all, visit.times)
                    }
                }
            }
            section(.class("part")) {
                header {
                    h2 { "When one fails" }
                    span(.class("soft small")) { "it comes again after" }
                }
                p(.class("card")) { HTML(group["ladder"].texts.joined(separator: ", ")) }
            }
        }
        page.asOf = lag["as_of"].text.flatMap { Position(text: $0) }
        page.live = "/live/overview"
        return .page(page)
    }
}

/// Lets a group have messages once more, or leaves some out.
enum LookBackAct {
    static func choose(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("lookBack")
        let name = visit["group"]
        let lag = try await visit.asker.get(Target("/v1/groups", name).then("lag").string)
        let topics = lag["items"].list.compactMap { $0["topic"].text }
        return .page(
            Page("Look back", at: .topics) {
                crumbs(visit)
                div(.class("head")) { h1 { "Move \(HTML.name(name))" } }
                if topics.isEmpty {
                    div(.class("card flush part")) {
                        emptyPart("It has asked for no topic yet") { "There is nothing to move." }
                    }
                } else {
                    actChoice(
                        "To where?", action: Target("/groups", name).then("look-back").then("preview").string,
                        back: Target("/groups", name).string
                    ) {
                        div(.class("filter")) {
                            choiceField("Topic", "topic", visit.query["topic"], topics.map { ($0, $0) })
                            textField(
                                "To: a time in UTC, oldest or newest", "to",
                                visit.query.given("to") ?? Times.full(visit.now.advanced(by: .hours(-1))),
                                isNeeded: true)
                            choiceField(
                                "Modules act again", "effects", visit.query["effects"],
                                [("shut", "no"), ("open", "yes")])
                        }
                    }
                }
            })
    }

    static func preview(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("lookBack")
        return .page(try await page(visit, visit.query))
    }

    static func move(_ visit: Visit) async throws(Refused) -> Outcome {
        let target = Target("/v1/groups", visit["group"]).then("look-back")
        do throws(Refused) {
            _ = try await visit.asker.change(
                "POST", target.string, try body(visit.form, visit.form["reason"], isDryRun: false),
                key: visit.form.given("key"))
            return .elsewhere(Target("/groups", visit["group"]).with("did", "look-back").string)
        } catch {
            guard error.status != 403, error.status < 500 else { throw error }
            return .page(try await page(visit, visit.form, refused: error))
        }
    }

    private static func body(_ values: FormValues, _ reason: String, isDryRun: Bool) throws(Refused) -> [UInt8] {
        let to = values["to"].trimmingBlanks
        let isWord = to == "oldest" || to == "newest"
        guard isWord || Moment(typed: to) != nil else {
            throw Refused(status: 400, code: "bad_parameter", detail: "\(to) is not a time, oldest or newest")
        }
        return ActBody.json { writer in
            for (name, value) in [
                ("topic", values["topic"]), ("to", isWord ? to : Moment(typed: to)?.iso8601 ?? to),
                ("effects", values.given("effects") ?? "shut"), ("reason", reason),
            ] {
                writer.key(named: Text(name))
                writer.text(Text(value))
            }
            writer.key("dry_run")
            writer.bool(isDryRun)
        }
    }

    private static func page(_ visit: Visit, _ values: FormValues, refused: Refused? = nil) async throws(Refused)
        -> Page
    {
        let name = visit["group"]
        let report = try await visit.asker.change(
            "POST", Target("/v1/groups", name).then("look-back").string, try body(values, "a preview", isDryRun: true))
        let queues = report["queues"].list
        let sum = { (field: Text) in queues.reduce(Int64(0)) { $0 &+ ($1[field].int ?? 0) } }
        var page = Page("Look back", at: .topics) {
            crumbs(visit)
            div(.class("head")) { h1 { "Move \(HTML.name(name))" } }
            ActPreview(
                sentence: "Move \(HTML.name(name)) on \(HTML.name(values["topic"])) to \(HTML.name(values["to"]))",
                target: Target("/groups", name).then("look-back").then("preview").string,
                back: Target("/groups", name).then("look-back").string,
                facts: [("Modules act again", values["effects"] == "open" ? "yes" : "no")],
                shown: dl(.class("stats")) {
                    TopicPages.stat("Come again", HTML(Numbers.grouped(sum("again"))), "messages, marked as replayed")
                    TopicPages.stat("Left out", HTML(Numbers.grouped(sum("passed_over"))), "messages that wait now")
                    TopicPages.stat(
                        "Taken from consumers", HTML(Numbers.grouped(sum("recalled"))), "their answers are stale then")
                },
                values: ["topic", "to", "effects"].map { ($0, values[$0]) },
                key: values.given("key") ?? visit.asker.newKey,
                tick: "The consumers of \(HTML.bold(name)) can have a message twice.",
                button: "Move the group", undo: "Can be undone by moving it again; what was delivered stays delivered",
                reason: values["reason"], refused: refused
            ).html
        }
        if let refused { page.status = refused.status }
        return page
    }

    private static func crumbs(_ visit: Visit) -> HTML {
        p(.class("crumbs")) {
            a(.href("/topics")) { "Topics and groups" }
            " / "
            a(.href(Target("/groups", visit["group"]).string)) { HTML.name(visit["group"]) }
        }
    }
}
