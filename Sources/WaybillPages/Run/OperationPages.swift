import WaybillCore

/// Work that is done in many writes: how far it is, and what it could not do.
enum OperationPages {
    static func list(_ visit: Visit) async throws(Refused) -> Outcome {
        let list = try await ListOf(Target("/v1/operations"), at: "/operations", visit)
        var page = Page("Operations", at: .operations) {
            div(.class("head")) { h1 { "Operations" } }
            p(.class("lead")) {
                "Work of many writes, such as a change of timeouts by filter. It goes on after a restart."
            }
            div(.class("card flush part"), .dataPart("list")) {
                if list.items.isEmpty {
                    emptyPart("No operation was started") {
                        if visit.asker.may("changeTimeouts") {
                            "One begins when many things are changed at once: "
                            a(.href("/timeouts/change")) { "change many timeouts" }
                            "."
                        } else {
                            "One begins when many things are changed at once."
                        }
                    }
                } else {
                    table(list.items, visit.times)
                    list.pages(HTML(Numbers.count(Int64(list.items.count), "operation")))
                }
            }
        }
        page.asOf = list.asOf
        page.live = "/live/overview"
        return .page(page)
    }

    private static func role(_ operation: JSONValue) -> String {
        switch operation["state"].text {
        case "running": "wait"
        case "done": (operation["failed"].int ?? 0) > 0 || operation["failure"].text != nil ? "warn" : "ok"
        default: "off"
        }
    }

    private static func table(_ items: [JSONValue], _ times: Times) -> HTML {
        ListTable(
            caption: "Operations",
            columns: [
                .init("Operation"), .init("What"), .init("State"), .init("Done", isNumber: true),
                .init("Failed", isNumber: true),
                .init("By"), .init("Started"), .init("Reason"),
            ],
            rows: items.map { one in
                let id = one["operation"].text ?? ""
                return [
                    .init(a(.class("mono"), .href(Target("/operations", id).string)) { HTML(id) }), .init(what(one)),
                    .init(tag(role(one), one["state"].text ?? ""), isSaid: true),
                    .init(countHTML(one["done"].int ?? 0)),
                    .init(countHTML(one["failed"].int ?? 0)), .init(HTML.name(one["by"].text ?? "")),
                    .init(one["started_at"].moment.map { times.listHTML($0) } ?? HTML()),
                    .init(HTML.name(one["reason"].text ?? ""), isWide: true),
                ]
            }
        ).html
    }

    private static func what(_ one: JSONValue) -> HTML {
        switch one["kind"].text {
        case "timeouts": "timeouts: \(HTML.name(one["timeout"].text ?? ""))"
        case "redrive": "dead letters of \(HTML.name(one["group"].text ?? ""))"
        case "backup": "copy \(HTML.name(one["file"].text ?? ""))"
        default: HTML(one["kind"].text ?? "")
        }
    }

    static func one(_ visit: Visit) async throws(Refused) -> Outcome {
        let id = visit["operation"]
        let one = try await visit.asker.get(Target("/v1/operations", id).string)
        let isRunning = one["state"].text == "running"
        var page = Page("Operation \(id)", at: .operations) {
            p(.class("crumbs")) { a(.href("/operations")) { "Operations" } }
            div(.class("head"), .dataPart("head")) {
                h1 {
                    "Operation "
                    HTML.mono(id)
                }
                tag(role(one), one["state"].text ?? "", isBig: true)
                div(.class("acts")) {
                    if isRunning, visit.asker.may("stopOperation") {
                        a(.class("button danger"), .href(Target("/operations", id).then("stop").string)) { "Stop" }
                    }
                    if one["state"].text == "stopped", visit.asker.may("resumeOperation") {
                        a(.class("button"), .href(Target("/operations", id).then("resume").string)) { "Go on" }
                    }
                }
            }
            dl(.class("facts")) {
                fact("What", what(one))
                fact("By", HTML.name(one["by"].text ?? ""))
                fact("Reason", HTML.name(one["reason"].text ?? ""))
                if let at = one["started_at"].moment { fact("Started", visit.times.wholeHTML(at)) }
            }
            visit.did
            stats(one, visit.times)
            undo(one, visit)
            section(.class("part"), .dataPart("failed")) {
                header {
                    h2 { "What it could not do" }
                    span(.class("soft small")) { "the first of them" }
                }
                div(.class("card flush")) { failures(one["sample"].list) }
            }
        }
        page.live = isRunning ? Target("/live/operations", id).string : nil
        page.foot = visit.auditWords
        return .page(page)
    }

    private static func fact(_ name: String, _ value: HTML) -> HTML {
        div {
            dt { HTML(name) }
            dd { value }
        }
    }

    private static func stats(_ one: JSONValue, _ times: Times) -> HTML {
        let (done, total) = (one["done"].int ?? 0, one["total"].int)
        return dl(.class("stats"), .dataPart("stats")) {
            stat(
                "Handled", HTML(Numbers.grouped(done)),
                total.map { "of \(Numbers.grouped($0)) when it began" } ?? "not counted before")
            stat("Changed", HTML(Numbers.grouped(one["changed"].int ?? 0)), "each in the journal")
            stat("Failed", HTML(Numbers.grouped(one["failed"].int ?? 0)), "found, and not changed")
            stat(
                "Last step", one["changed_at"].moment.map { times.relativeHTML($0) } ?? "none",
                one["failure"].text.map { HTML.name($0) } ?? HTML())
        }
    }

    private static func stat(_ name: String, _ number: HTML, _ words: HTML) -> HTML {
        div {
            dt { HTML(name) }
            dd { number }
            dd { words }
        }
    }

    /// What takes a change of timeouts back: the same filter, the other way.
    private static func undo(_ one: JSONValue, _ visit: Visit) -> HTML {
        guard one["kind"].text == "timeouts", let by = visit.query.given("by"), visit.asker.may("changeTimeouts") else {
            return HTML()
        }
        let back = by.hasPrefix("-") ? String(by.dropFirst()) : "-\(by)"
        var target = Target("/timeouts/change/preview").with("name", visit.query["name"]).with("by", back)
        for item in ChangeManyTimeouts.filter(visit.query) { target = target.with(item.name, item.value) }
        return div(.class("notice")) {
            span(.class("tag")) { "undo" }
            div {
                "Timeouts of this filter that are pending still can be moved back by "
                "\(HTML.bold(by.hasPrefix("-") ? back : by))."
            }
            a(.class("button"), .href(target.string)) { "Preview" }
        }
    }

    private static func failures(_ sample: [JSONValue]) -> HTML {
        guard !sample.isEmpty else {
            return emptyPart("It could do all that it found") { "What fails is listed here with why." }
        }
        return ListTable(
            caption: "What it could not do", columns: [.init("What"), .init("Code"), .init("Why")],
            rows: sample.map { one in
                let id = one["id"].text ?? ""
                return [
                    .init(a(.class("mono"), .href(Target("/orders", id).string)) { HTML.name(id) }),
                    .init(tag("bad", (one["code"].text ?? "").replacing("_", with: " ")), isSaid: true),
                    .init(HTML.name(one["detail"].text ?? ""), isWide: true),
                ]
            }
        ).html
    }
}
