import WaybillCore

/// The trace of one message: what was asked, the event that it became, and where each group stands with it.
enum MessagePage {
    static func answer(_ visit: Visit) async throws(Refused) -> Outcome {
        let id = visit["message"]
        let target = Target("/v1/messages", id)
        let message = await visit.asker.optional(target.string)
        let found = try await visit.asker.get(target.then("trace").string)
        guard let trace = found["items"].list.first else {
            throw Refused(
                status: 404, code: "unknown_message",
                detail: "\(id) is not here: it was never sent, or is gone after the retention of its topic")
        }
        let order = message?["order"].text
        let history = await event(of: message, order, visit)
        let topic = trace["topic"].text ?? ""
        let name = message?["tag"].text.map { "\(topic):\($0)" } ?? topic
        let showsBody = visit.query["body"] == "yes"
        let body = showsBody ? try await visit.asker.text(target.then("body").string, as: "application/json") : nil
        var page = Page(MessageName.short(id), at: .messages) {
            p(.class("crumbs")) {
                a(.href("/messages")) { "Messages" }
                " / "
                a(.href(Target("/topics", topic).string)) { HTML.name(topic) }
            }
            div(.class("head"), .dataPart("head")) {
                h1(.class("mono")) { HTML.name(MessageName.short(id)) }
                standing(trace)
                div(.class("acts")) {
                    if let order { a(.class("button"), .href(Target("/orders", order).string)) { "Order" } }
                }
            }
            facts(message, trace, visit.times)
            section(.class("part"), .dataPart("trace")) {
                header {
                    h2 { "Trace" }
                    span(.class("soft small")) { "from what was asked to who has had it" }
                }
                ol(.class("trace")) {
                    if let history { li { eventCard(history, order ?? "", visit.times) } }
                    li {
                        div(.class("card here")) {
                            header {
                                h2 { HTML.name(name) }
                                span(.class("tag")) { "this message" }
                                span(.class("soft small mono")) { HTML.name(id) }
                            }
                            self.body(message, body, visit)
                        }
                    }
                    li { groups(trace["groups"].list, trace, visit.times) }
                }
            }
            if let since = trace["deliveries_since"].moment {
                div(.class("notice")) {
                    span(.class("tag")) { "memory" }
                    div {
                        "Single deliveries are remembered since "
                        visit.times.fullHTML(since)
                        " UTC, when this process opened the file. What is done stays known."
                    }
                }
            }
        }
        page.asOf = found["as_of"].text.flatMap { Position(text: $0) }
        page.live = showsBody ? nil : "/live/overview"
        return .page(page)
    }

    /// The event that sent it.
    private static func event(of message: JSONValue?, _ order: String?, _ visit: Visit) async -> JSONValue? {
        guard let order, let position = message?["event"].text else { return nil }
        // As of its event, the order has the version of the event.
        let target = Target("/v1/orders", order)
        guard let then = await visit.asker.optional(target.with("at_event", position).string),
            let version = then["version"].int
        else { return nil }
        let history = await visit.asker.optional(
            target.then("history").with("after", "\(max(0, version - 1))").with("limit", "1").string)
        return history?["items"].list.first
    }

    private static func standing(_ trace: JSONValue) -> HTML {
        let groups = trace["groups"].list.compactMap { $0["standing"].text }.filter { $0 != "not_subscribed" }
        switch trace["standing"].text {
        case "half": return tag("wait", "half: waits for its answer", isBig: true)
        case "half_parked": return tag("bad", "half: needs a person", isBig: true)
        case "delayed": return tag("wait", "delayed", isBig: true)
        case "rolled_back": return tag("off", "rolled back", isBig: true)
        case "recalled": return tag("off", "recalled", isBig: true)
        default: break
        }
        if groups.contains("dead") || groups.contains("parked") { return tag("bad", "given up", isBig: true) }
        if groups.contains("comes_again") { return tag("warn", "comes again", isBig: true) }
        if groups.isEmpty { return tag("off", "no group wants it", isBig: true) }
        return groups.allSatisfy { $0 == "finished" }
            ? tag("ok", "every group is done", isBig: true) : tag("wait", "waits", isBig: true)
    }

    private static func facts(_ message: JSONValue?, _ trace: JSONValue, _ times: Times) -> HTML {
        dl(.class("facts")) {
            if let keys = message?["keys"].texts, !keys.isEmpty {
                TopicPages.fact("Keys", HTML.mono(keys.joined(separator: ", ")))
            }
            if let group = message?["message_group"].text { TopicPages.fact("In turn with", HTML.mono(group)) }
            if let lane = message?["lane"].text, !lane.isEmpty { TopicPages.fact("Lane", HTML.name(lane)) }
            if let properties = message?["properties"].members, !properties.isEmpty {
                TopicPages.fact("Properties", pairsList(properties))
            }
            if let at = trace["born_at"].moment { TopicPages.fact("Born", times.wholeHTML(at)) }
        }
    }

    private static func eventCard(_ event: JSONValue, _ order: String, _ times: Times) -> HTML {
        let version = event["version"].int ?? 0
        return div(.class("card")) {
            header {
                h2 { HTML.name(EventWords.title(event)) }
                span(.class("tag")) { EventWords.isByTime(event) ? "time" : "command" }
                span(.class("soft small")) {
                    if let role = event["by"].text { "by \(HTML.name(role)), " }
                    if let caller = event["caller"].text, !caller.isEmpty { "from \(HTML.name(caller))" }
                }
            }
            dl(.class("what")) {
                if let key = event["key"].text {
                    dt { "key" }
                    dd { HTML.mono(key) }
                }
                dt { "event" }
                dd {
                    a(.href(Target("/orders", order).with("event", "\(version)").string)) { "event \(version)" }
                    " of \(HTML.name(order)), "
                    HTML.mono(event["event"].text ?? "")
                    if let at = event["at"].moment { ", \(times.shortHTML(at))" }
                }
                if let status = event["status"].text {
                    dt { "status" }
                    dd { HTML.bold(status) }
                }
                let changed = event["left"].texts + event["entered"].texts
                if !changed.isEmpty {
                    dt { "states" }
                    dd { HTML.name(changed.joined(separator: " → ")) }
                }
            }
        }
    }

    private static func body(_ message: JSONValue?, _ body: String?, _ visit: Visit) -> HTML {
        if let body {
            return pre {
                HTML(JSONValue.lenient(Array(body.utf8)).isNull ? body : JSONValue.lenient(Array(body.utf8)).readable())
            }
        }
        let size = Numbers.bytes(message?["body_bytes"].int ?? 0)
        guard visit.asker.may("messageBody") else {
            return p(.class("soft small")) { "The body has \(size); a token with payload may read it." }
        }
        return p(.class("small")) {
            a(.href(Target("/messages", visit["message"]).with("body", "yes").string)) { "Show the body, \(size)" }
        }
    }

    private static func groups(_ groups: [JSONValue], _ trace: JSONValue, _ times: Times) -> HTML {
        let wanted = groups.filter { $0["standing"].text != "not_subscribed" }
        let others = groups.count - wanted.count
        let deliveries = trace["deliveries"].list
        return div(.class("card flush")) {
            header {
                h2 { "Groups" }
                span(.class("soft small")) { "\(wanted.count) get it, \(others) do not" }
            }
            if wanted.isEmpty {
                emptyPart("No group gets it") { "None subscribes to its topic and tag." }
            } else {
                ListTable(
                    caption: "Groups",
                    columns: [
                        .init("Group"), .init("Stands"), .init("Deliveries", isNumber: true), .init("Last seen"),
                        .init("Comes again"),
                    ],
                    rows: wanted.map { group in
                        let name = group["group"].text ?? ""
                        let (role, word) = GroupWords.standing(group["standing"].text ?? "")
                        let last = deliveries.last { $0["group"].text == name }
                        return [
                            .init(a(.href(Target("/groups", name).string)) { HTML.name(name) }),
                            .init(tag(role, word), isSaid: true),
                            .init(group["deliveries"].int.map { countHTML($0) } ?? noneHTML("not remembered")),
                            last?["at"].moment.map { .init(times.listHTML($0)) }
                                ?? .init(noneHTML("not remembered"), isNone: true),
                            group["comes_again_at"].moment.map { .init(times.listHTML($0, isDue: true)) }
                                ?? .init(noneHTML("no"), isNone: true),
                        ]
                    }
                ).html
            }
        }
    }
}
