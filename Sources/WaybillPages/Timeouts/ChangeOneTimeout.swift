import WaybillCore

/// Changes one timeout of one order: choose, preview, and back to the order.
enum ChangeOneTimeout {
    private enum Action: String {
        case extend, move, cancel
    }

    private struct Choice {
        var action: Action
        var by: Interval?
        var to: Moment?
    }

    static func choose(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("extendTimeout")
        let (order, due) = try await pending(visit)
        let name = visit["timeout"]
        return .page(
            Page("Change \(name)", at: .orders) {
                crumbs(visit)
                div(.class("head")) { h1 { "Change \(HTML.name(name))" } }
                p(.class("lead")) {
                    "It fires "
                    visit.times.countdownHTML(due)
                    ", at "
                    visit.times.fullHTML(due)
                    " UTC. The order is "
                    HTML.name(order["status"].text ?? "")
                    "."
                }
                actChoice(
                    "What becomes of it?", action: address(visit).then("preview").string,
                    back: orderTarget(visit).string
                ) {
                    choice("extend", "Later by", isChecked: true) {
                        input(
                            .type("text"), .name("by"), .value(visit.query.given("by") ?? "15m"),
                            .label("Later by, such as 15m, 1h or 2d; with a minus: earlier"), .autocomplete("off"))
                        HTML.soft("15m, 1h, 2d; with a minus: earlier")
                    }
                    choice("move", "At another time, UTC", isChecked: false) {
                        input(
                            .type("text"), .name("to"), .value(Times.full(due)), .label("At this time, UTC"),
                            .autocomplete("off"))
                    }
                    choice("cancel", "Never: cancel it", isChecked: false) { HTML() }
                }
            })
    }

    private static func choice(
        _ value: String, _ word: String, isChecked: Bool, @HTMLBuilder _ field: () -> HTML
    ) -> HTML {
        div(.class("choice")) {
            input(.type("radio"), .name("action"), .value(value), .id("action-\(value)"), isChecked ? .checked : nil)
            label(.for("action-\(value)")) { HTML(word) }
            span { HTML() }
            span(.class("inline")) { field() }
        }
    }

    static func preview(_ visit: Visit) async throws(Refused) -> Outcome {
        try visit.require("extendTimeout")
        return .page(try await page(visit, try read(visit.query)))
    }

    static func change(_ visit: Visit) async throws(Refused) -> Outcome {
        let choice = try read(visit.form)
        let verb = choice.action.rawValue
        let body = ActBody.json { writer in
            if let by = choice.by {
                writer.key("by")
                writer.text(Text(by.text))
            }
            if let to = choice.to {
                writer.key("to")
                writer.text(Text(to.iso8601))
            }
            writer.key("reason")
            writer.text(Text(visit.form["reason"]))
        }
        let target = Target("/v1/orders", visit["order"]).then("timeouts").then(visit["timeout"]).then(verb)
        do throws(Refused) {
            let receipt = try await visit.asker.change("POST", target.string, body, key: visit.form.given("key"))
            return .elsewhere(orderTarget(visit).with("done", receipt["event"].text).string)
        } catch {
            guard error.status != 403, error.status < 500 else { throw error }
            return .page(try await page(visit, choice, refused: error))
        }
    }

    private static func page(_ visit: Visit, _ choice: Choice, refused: Refused? = nil) async throws(Refused) -> Page {
        let (order, due) = try await pending(visit)
        let name = visit["timeout"]
        let then = choice.to ?? choice.by.map { due.advanced(by: $0) }
        let sentence: HTML
        switch choice.action {
        case .extend:
            let by = choice.by ?? Interval(milliseconds: 0)
            sentence =
                "\(by.milliseconds < 0 ? "Bring forward" : "Extend") \(HTML.name(name)) of "
                + "\(HTML.name(visit["order"])) by \(Times.length(by))"
        case .move:
            sentence = "Move \(HTML.name(name)) of \(HTML.name(visit["order"])) to \(then.map { Times.full($0) } ?? "")"
        case .cancel: sentence = "Cancel \(HTML.name(name)) of \(HTML.name(visit["order"]))"
        }
        var facts: [(name: String, value: HTML)] = [
            ("Status", HTML.name(order["status"].text ?? "")),
            ("Due now", "\(visit.times.fullHTML(due)), \(visit.times.countdownHTML(due))"),
        ]
        facts.append(
            ("Due then", then.map { "\(visit.times.fullHTML($0)), \(visit.times.countdownHTML($0))" } ?? "never"))
        var values = [("action", choice.action.rawValue)]
        if let by = choice.by { values.append(("by", by.text)) }
        if let to = choice.to { values.append(("to", Times.full(to))) }
        var page = Page("Change \(name)", at: .orders) {
            crumbs(visit)
            div(.class("head")) { h1 { "Change \(HTML.name(name))" } }
            ActPreview(
                sentence: sentence, target: address(visit).then("preview").string, back: orderTarget(visit).string,
                facts: facts, values: values, key: visit.form.given("key") ?? visit.asker.newKey,
                button: choice.action == .cancel ? "Cancel the timeout" : "Change the timeout",
                isDangerous: choice.action == .cancel,
                undo: choice.action == .cancel
                    ? "Cannot be undone: a cancelled timeout is armed again only by its state"
                    : "Can be undone: move it back to \(Times.full(due))",
                reason: visit.form["reason"], refused: refused
            ).html
        }
        if let refused { page.status = refused.status }
        return page
    }

    private static func read(_ values: FormValues) throws(Refused) -> Choice {
        switch Action(rawValue: values["action"]) {
        case .extend:
            let text = values.given("by") ?? ""
            let isEarlier = text.hasPrefix("-")
            let digits = (isEarlier ? String(text.dropFirst()) : text).split(separator: " ").joined()
            guard let by = Interval(text: Text(digits)), by.milliseconds > 0 else {
                throw Refused(
                    status: 400, code: "bad_parameter",
                    detail: "\(text) is not a length of time; write for example 15m, 1h30m or 2d")
            }
            return Choice(action: .extend, by: isEarlier ? -by : by)
        case .move:
            guard let to = Moment(typed: values["to"]) else {
                throw Refused(
                    status: 400, code: "bad_parameter",
                    detail: "\(values["to"]) is not a time; write it in UTC as 2026-11-30 10:05")
            }
            return Choice(action: .move, to: to)
        case .cancel: return Choice(action: .cancel)
        case nil: throw Refused(status: 400, code: "bad_parameter", detail: "choose extend, move or cancel")
        }
    }

    private static func pending(_ visit: Visit) async throws(Refused) -> (order: JSONValue, due: Moment) {
        let order = try await visit.asker.get(Target("/v1/orders", visit["order"]).string)
        let found = order["timeouts"].list.first { $0["name"].text == visit["timeout"] }
        guard let due = found?["due"].moment else {
            throw Refused(
                status: 404, code: "unknown_timeout",
                detail: "\(visit["timeout"]) of \(visit["order"]) is not pending: it has fired, or was cancelled")
        }
        return (order, due)
    }

    private static func orderTarget(_ visit: Visit) -> Target { Target("/orders", visit["order"]) }
    private static func address(_ visit: Visit) -> Target { orderTarget(visit).then("timeouts").then(visit["timeout"]) }

    private static func crumbs(_ visit: Visit) -> HTML {
        p(.class("crumbs")) {
            a(.href("/orders")) { "Orders" }
            " / "
            a(.class("mono"), .href(orderTarget(visit).string)) { HTML.name(visit["order"]) }
        }
    }
}
