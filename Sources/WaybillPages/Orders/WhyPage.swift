import WaybillCore

/// Why an order does not move: what it waits for, what was refused, and what would move it.
enum WhyPage {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let shown: OrderShown
        do throws(Refused) {
            shown = try await OrderShown.load(visit)
        } catch {
            guard error.code == "unknown_order", let page = await NeverPlaced.page(visit) else { throw error }
            return .page(page)
        }
        var page = Page("Why \(shown.id)", at: .orders) {
            p(.class("crumbs")) {
                a(.href("/orders")) { "Orders" }
                " / "
                a(.class("mono"), .href(shown.target.string)) { HTML.name(shown.id) }
            }
            div(.class("head"), .dataPart("head")) {
                h1 { "Why it does not move" }
                statusTag(shown.status, isFinished: shown.isFinished, isBig: true)
                div(.class("acts")) { a(.class("button"), .href(shown.target.string)) { "The order" } }
            }
            p(.class("lead"), .dataPart("answer")) { lead(shown) }
            section(.class("part"), .dataPart("waits")) {
                header { h2 { "It waits for" } }
                waits(shown)
            }
            section(.class("part"), .dataPart("refused")) {
                header {
                    h2 { "Refused" }
                    span(.class("soft small")) { "the last ones, newest first" }
                }
                if shown.refusals.isEmpty {
                    div(.class("card flush")) {
                        emptyPart("Nothing was refused") {
                            "A refused command is listed here with what it would have needed."
                        }
                    }
                } else {
                    RefusalList.list(shown.refusals, shown.times)
                }
            }
            section(.class("part"), .dataPart("possible")) {
                header {
                    h2 { "What would move it" }
                    span(.class("soft small")) { "commands that its states take, and who may send them" }
                }
                possible(shown)
            }
        }
        page.asOf = (shown.events.last?["event"].text).flatMap { Position(text: $0) }
        page.live = shown.isFinished ? nil : Target("/live/orders", shown.id).string
        return .page(page)
    }

    /// The answer in one or two sentences.
    private static func lead(_ shown: OrderShown) -> HTML {
        if shown.isFinished { return "It is over: no command and no timeout moves it any more." }
        let open = shown.order["calls"].list.filter { ["open", "unanswered"].contains($0["state"].text ?? "") }
        let next = shown.order["timeouts"].list.compactMap { $0["due"].moment }.min()
        return pieces {
            if let call = open.first {
                "It waits for an answer to \(HTML.mono(call["key"].text ?? "")) from topic "
                "\(HTML.bold(call["topic"].text ?? "")). "
            }
            if let refusal = shown.refusals.first, let at = refusal["at"].moment {
                "\(HTML.bold(refusal["command"].text ?? "")) was refused \(shown.times.relativeHTML(at)). "
            }
            if let next {
                next < shown.times.now ? "A timeout is overdue: " : "By itself it moves on "
                shown.times.countdownHTML(next)
                "."
            } else {
                "By itself it does not move: it waits for a command."
            }
        }
    }

    private static func waits(_ shown: OrderShown) -> HTML {
        let calls = shown.order["calls"].list.filter { ["open", "unanswered"].contains($0["state"].text ?? "") }
        let children = shown.why["children"].list.filter { !$0["finished"].bool }
        let timeouts = shown.order["timeouts"].list
        guard !calls.isEmpty || !children.isEmpty || !timeouts.isEmpty else {
            return div(.class("card flush")) {
                emptyPart("It waits for no answer, child or time") { "Only a command moves it: see below." }
            }
        }
        return ul(.class("card flush todo")) {
            for call in calls {
                wait(
                    "answer", call["state"].text == "unanswered" ? "bad" : "warn", call["deadline"].moment, shown.times
                ) {
                    "An answer to \(HTML.mono(call["key"].text ?? "")), asked in topic "
                    a(.href(Target("/topics", call["topic"].text ?? "").string)) { HTML.name(call["topic"].text ?? "") }
                }
            }
            for timeout in timeouts {
                wait("time", "wait", timeout["due"].moment, shown.times) {
                    HTML.bold(timeout["name"].text ?? "")
                    " fires"
                }
            }
            for child in children {
                wait("child", "wait", nil, shown.times) {
                    a(.class("mono"), .href(Target("/orders", child["id"].text ?? "").string)) {
                        HTML.name(child["id"].text ?? "")
                    }
                    " is \(HTML.name(child["status"].text ?? ""))"
                }
            }
        }
    }

    private static func wait(
        _ word: String, _ role: String, _ due: Moment?, _ times: Times, @HTMLBuilder _ what: () -> HTML
    ) -> HTML {
        li {
            span(.class("tag \(role)")) { HTML(word) }
            div { what() }
            if let due { span(.class("soft small")) { times.listHTML(due, isDue: true) } }
        }
    }

    private static func possible(_ shown: OrderShown) -> HTML {
        let possible = shown.why["possible"].list
        guard !possible.isEmpty else {
            return div(.class("card flush")) {
                emptyPart("Nothing is possible") { "No state that it is in takes a command." }
            }
        }
        let rows = possible.map { one -> [ListTable.Cell] in
            let outlooks = one["ways"].list.compactMap { $0["outlook"].text }
            let (role, word) =
                outlooks.contains("open")
                ? ("ok", "possible now")
                : outlooks.contains("by_data") ? ("wait", "if its data fits") : ("off", "not now")
            let ways = one["ways"].list.filter { $0["outlook"].text != "open" }
            let needs = ways.enumerated().filter { index, way in
                !ways[..<index].contains { $0["guard"].text == way["guard"].text }
            }.map(\.element).map { way -> HTML in
                pieces {
                    if let because = way["because"].text {
                        HTML.name(because)
                    } else {
                        code { HTML(way["guard"].text ?? "") }
                    }
                    for read in way["reads"].list { HTML.soft(" \(Moves.reading(read))") }
                }
            }
            return [
                ListTable.Cell(span(.class("nowrap")) { HTML.bold(one["command"].text ?? "") }),
                ListTable.Cell(tag(role, word), isSaid: true),
                ListTable.Cell(HTML(one["roles"].texts.joined(separator: ", "))),
                ListTable.Cell(
                    needs.isEmpty || outlooks.contains("open") ? noneHTML("nothing") : needs.joined(by: lineBreak()),
                    isWide: true),
            ]
        }
        return div(.class("card flush")) {
            ListTable(
                caption: "What would move it",
                columns: [.init("Command"), .init("Now"), .init("Who"), .init("Needs")], rows: rows
            ).html
        }
    }
}
