import WaybillCore

/// The top of an order's page: what it is, what needs a person, and what comes next.
struct OrderHead: Sendable {
    let shown: OrderShown
    let messages: OrderMessages

    var crumbs: HTML {
        p(.class("crumbs")) {
            a(.href("/orders")) { "Orders" }
            " / "
            a(.href(Target("/orders").with("workflow", shown.workflowName).string)) { HTML.name(shown.workflowName) }
        }
    }

    var heading: HTML {
        div(.class("head"), .dataPart("head")) {
            h1(.class("mono")) { HTML.name(shown.id) }
            statusTag(shown.status, isFinished: shown.isFinished, isBig: true)
            div(.class("acts")) {
                span(.id("pause")) { HTML() }
                a(.class("button"), .href(shown.target.then("why").string)) { "Why" }
            }
        }
    }

    /// What never changes.
    var facts: HTML {
        let context = shown.order["context"]
        let attributes = shown.workflow.map { workflow in workflow.attributes.map { workflow.context.fields[$0].name } }
        return dl(.class("facts")) {
            for name in attributes ?? [] {
                let value = context[name]
                if !value.isNull {
                    div {
                        dt { HTML(Money.words(name.string)) }
                        dd {
                            a(
                                .href(Target("/orders").with("attribute.\(name)", value.plain).string)
                            ) { HTML.name(value.plain) }
                        }
                    }
                }
            }
            div {
                dt { "Workflow" }
                dd {
                    a(.href(Target("/workflows", shown.workflowName).string)) {
                        "\(shown.workflowName) \(shown.order["workflow_version"].int ?? 0)"
                    }
                    " "
                    span(.class("soft mono")) { HTML(String((shown.order["workflow_hash"].text ?? "").prefix(12))) }
                }
            }
            if let placed = shown.order["placed_at"].moment {
                div {
                    dt { "Placed" }
                    dd { Times(now: shown.now).wholeHTML(placed) }
                }
            }
            if let lane = shown.order["lane"].text, !lane.isEmpty {
                div {
                    dt { "Lane" }
                    dd { HTML.name(lane) }
                }
            }
        }
    }

    /// Calls that wait for an answer, and timeouts that are late: what a person should look at first.
    var notices: HTML {
        let open = shown.order["calls"].list.filter { ["open", "unanswered"].contains($0["state"].text ?? "") }
        return div(.id("calls"), .dataPart("calls")) {
            for call in open { notice(call) }
            if let hold = shown.why["timeouts_held"]["held_by"].text, !shown.isPast {
                WaybillPages.section(.class("notice warn")) {
                    span(.class("tag warn")) { "timeouts are held" }
                    div {
                        "\(HTML.bold(hold)) holds all timeouts: "
                        HTML.name(shown.why["timeouts_held"]["why"].text ?? "")
                    }
                    a(.href("/timeouts")) { "Look" }
                }
            }
        }
    }

    private func notice(_ call: JSONValue) -> HTML {
        let isUnanswered = call["state"].text == "unanswered"
        let key = call["key"].text ?? ""
        let asked = shown.events.first { event in event["calls"].list.contains { $0["key"].text == key } }
        let answered = shown.events.first { event in event["answered"].list.contains { $0["key"].text == key } }
        return WaybillPages.section(.class("notice \(isUnanswered ? "bad" : "warn")")) {
            span(.class("tag \(isUnanswered ? "bad" : "warn")")) {
                isUnanswered ? "no answer came in time" : "waits for an answer"
            }
            div {
                callSentence(call, key)
                p(.class("soft")) {
                    if let at = asked?["at"].moment, let version = asked?["version"].int {
                        "Asked \(shown.times.relativeHTML(at)) by "
                        a(.href("#event-\(version)")) { "event \(version)" }
                        ". "
                    }
                    if let deadline = call["deadline"].moment {
                        isUnanswered ? "An answer was due " : "If none comes, it counts as unanswered "
                        shown.times.countdownHTML(deadline)
                        ", at "
                        shown.times.fullHTML(deadline)
                        "."
                    }
                }
            }
            if let version = answered?["version"].int, version > shown.version {
                div(.class("small")) {
                    HTML.soft("Later: ")
                    a(.href(shown.address(ofEvent: version))) { "answered by event \(version)" }
                }
            }
        }
    }

    private func callSentence(_ call: JSONValue, _ key: String) -> HTML {
        let topic = call["topic"].text ?? ""
        let values = EventWords.values(call["data"], nil)
        return pieces {
            b { "Call" }
            " to topic "
            a(.href(Target("/topics", topic).string)) { HTML.name(topic) }
            if !values.isEmpty { ": \(values)" }
            ". It waits for "
            code { HTML(call["ok"].text ?? "") }
            " or "
            code { HTML(call["failed"].text ?? "") }
            " with the key "
            code { HTML.name(key) }
            "."
        }
    }

    /// At most five numbers that answer what comes next, how much, how far.
    var stats: HTML {
        dl(.class("stats"), .dataPart("stats")) {
            next
            money
            goods
            stat("Messages", HTML("\(messages.count) sent"), messageWords)
            stat(
                "Refused", HTML(Numbers.count(Int64(shown.refusals.count), "command")),
                shown.refusals.first.map { refusal in
                    a(.href("#timeline")) { "last: \(HTML.name(refusal["command"].text ?? ""))" }
                } ?? "nothing was refused")
        }
    }

    private func stat(_ name: String, _ number: HTML, _ words: HTML) -> HTML {
        div {
            dt { HTML(name) }
            dd { number }
            dd { words }
        }
    }

    private var next: HTML {
        let pending = shown.order["timeouts"].list.compactMap { timeout in
            timeout["due"].moment.map { (name: timeout["name"].text ?? "", due: $0) }
        }
        guard let first = pending.min(by: { $0.due < $1.due }) else {
            return stat("Next by itself", "nothing", shown.isFinished ? "it is over" : "it waits for a command")
        }
        return stat(
            "Next by itself", shown.times.countdownHTML(first.due),
            a(.href("#timeouts")) { "\(HTML.name(first.name)) fires" })
    }

    private var money: HTML {
        let money = Money(shown)
        let named = { (word: String) in money.computed.first { $0.name == word }?.cents }
        if let here = named("Captured"), let total = named("Total") {
            return stat("Money here", moneyHTML(here), "of \(Numbers.money(total))")
        }
        if let total = named("Total") { return stat("Total", moneyHTML(total), "computed by the workflow") }
        guard let first = money.computed.first ?? money.amounts.first else { return HTML() }
        return stat(first.name, moneyHTML(first.cents), "in the order’s data")
    }

    private var goods: HTML {
        let holds = shown.order["holds"].list
        guard !holds.isEmpty else { return stat("Goods", "none held", "no stock is reserved or sold") }
        let sum = { (name: Text) in holds.reduce(Int64(0)) { $0 &+ ($1[name].int ?? 0) } }
        let (reserved, sold, shipped) = (sum("reserved"), sum("sold"), sum("shipped"))
        let number = shipped > 0 ? "\(shipped) of \(reserved &+ sold) shipped" : "\(reserved &+ sold) held"
        return stat(
            "Goods", HTML(number), a(.href("#stock")) { "\(reserved) reserved, \(sold) sold" })
    }

    private var messageWords: HTML {
        let waiting = messages.waiting
        guard let first = waiting.first else { return messages.count == 0 ? "nothing yet" : "every group has had them" }
        let words: HTML =
            waiting.count == 1
            ? "\(first.count) wait for \(HTML.name(first.group))"
            : "\(waiting.reduce(0) { $0 + $1.count }) wait for \(waiting.count) groups"
        return a(.href("#messages")) { words }
    }
}
