import WaybillCore

/// The events of an order, the newest first, each with its cause, and between them what was refused.
struct Timeline: Sendable {
    let shown: OrderShown

    func section() -> HTML {
        let events = shown.shownEvents
        let refusals = shown.refusals
        return WaybillPages.section(.class("part"), .id("timeline"), .dataPart("timeline")) {
            header {
                h2 { "Timeline" }
                span(.class("soft small")) { counts(events.count, refusals.count) }
            }
            ol(.class("line"), .reversed) { for line in lines(events, refusals) { line } }
            if let first = events.first?["version"].int, first > 1 {
                p(.class("soft small")) {
                    "Older events: "
                    a(.href(shown.address(ofEvent: first - 1))) { "go on at event \(first - 1)" }
                }
            }
        }
    }

    private func counts(_ events: Int, _ refusals: Int) -> HTML {
        let refused = refusals == 0 ? "" : " and \(Numbers.count(Int64(refusals), "refusal"))"
        return pieces {
            "\(shown.version) of \(Numbers.count(shown.lastVersion, "event"))\(refused), newest first"
            if shown.isPast, shown.lastVersion > shown.version {
                ". "
                a(.href(shown.target.string)) { "\(shown.lastVersion - shown.version) later" }
            }
        }
    }

    private func lines(_ events: [JSONValue], _ refusals: [JSONValue]) -> [HTML] {
        let told = EventLines(shown)
        let all =
            events.map { ($0["at"].moment ?? Moment(milliseconds: 0), $0["version"].int ?? 0, told.event($0)) }
            + refusals.map { ($0["at"].moment ?? Moment(milliseconds: 0), Int64.max, refusal($0)) }
        return all.sorted { ($0.0, $0.1) > ($1.0, $1.1) }.map(\.2)
    }

    private func refusal(_ refusal: JSONValue) -> HTML {
        li(.class("refused")) {
            span(.class("dot"), .ariaHidden) { "✕" }
            article(.class("event")) {
                header {
                    h3 { HTML.name(refusal["command"].text ?? "") }
                    span(.class("tag bad")) { "refused" }
                    HTML.soft("from \(HTML.name(refusal["caller"].text ?? ""))")
                    if let at = refusal["at"].moment { shown.times.shortHTML(at) }
                }
                RefusalWords.sentence(refusal)
            }
        }
    }
}

/// Why a command was refused, in words: how the order was, and what it would have needed.
enum RefusalWords {
    static func sentence(_ refusal: JSONValue) -> HTML {
        let values = refusal["values"]
        guard refusal["code"].text == "not_possible", let status = values["status"].text else {
            return p { HTML.name(refusal["message"].text ?? "") }
        }
        let states = values["states"].texts.joined(separator: " + ")
        let parts = values["conditions"].list.flatMap { $0["parts"].list }
        let guards = values["guards"].texts
        return p {
            "The order was “\(HTML.name(status))” in \(states). "
            if !parts.isEmpty {
                "It needs "
                parts.map { part in code { HTML(part["text"].text ?? "") } }.joined(by: " and ")
                let found = parts.compactMap(finding)
                if !found.isEmpty { ": \(found.joined(separator: "; "))" }
                "."
            } else if !guards.isEmpty {
                "It needs "
                guards.map { text in code { HTML(text) } }.joined(by: " or ")
                "."
            } else {
                "No state that it is in takes \(HTML.bold(refusal["command"].text ?? ""))."
            }
        }
    }

    private static func finding(_ part: JSONValue) -> String? {
        guard let finding = part["finding"].text, finding != "\(part["text"].text ?? "") is false" else { return nil }
        return finding
    }
}
