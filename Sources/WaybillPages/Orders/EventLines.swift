import WaybillCore

/// One event of an order, with all that came of it.
struct EventLines: Sendable {
    let shown: OrderShown
    private let types: ContextTypes
    private let hasRegions: Bool
    /// Versions by position, for causes.
    private let versions: [String: Int64]

    /// Changes of data that are told at once; further ones fold.
    private static let changesMax = 3
    private static let stocksMax = 6

    init(_ shown: OrderShown) {
        self.shown = shown
        types = ContextTypes(fields: shown.workflow?.context)
        hasRegions = shown.workflow?.states.first?.kind == .parallel
        versions = Dictionary(
            shown.events.compactMap { event in
                event["event"].text.flatMap { position in event["version"].int.map { (position, $0) } }
            }, uniquingKeysWith: { first, _ in first })
    }

    func event(_ event: JSONValue) -> HTML {
        let version = event["version"].int ?? 0
        let isShown = shown.isPast && version == shown.version
        let classes = [isShown ? "here" : "", EventWords.isByTime(event) ? "by-time" : ""].filter { !$0.isEmpty }
        let outcome = outcome(of: event)
        return li(.class(classes.joined(separator: " ")), .id("event-\(version)")) {
            span(.class("dot")) {
                span(.class("hidden")) { "Event " }
                "\(version)"
            }
            article(.class("event")) {
                header {
                    h3 { a(.href(shown.address(ofEvent: version))) { HTML.name(EventWords.title(event)) } }
                    origin(event)
                    if isShown { span(.class("tag past")) { "shown here" } }
                    if let at = event["at"].moment { shown.times.shortHTML(at) }
                }
                if !outcome.isEmpty {
                    dl(.class("what")) {
                        for (name, words) in outcome {
                            dt { HTML.name(name) }
                            dd { words }
                        }
                    }
                }
            }
        }
    }

    /// Who asked for it, and because of what.
    private func origin(_ event: JSONValue) -> HTML {
        var words: [HTML] = []
        if EventWords.isByTime(event) { words.append("by time") }
        if let role = event["by"].text { words.append("by \(HTML.name(role))") }
        if let caller = event["caller"].text, !caller.isEmpty {
            let isRelative =
                caller == shown.order["parent"].text || shown.order["children"].texts.contains(caller)
            let name = HTML.name(caller)
            words.append(isRelative ? "from \(a(.href(Target("/orders", caller).string)) { name })" : "from \(name)")
        }
        if let key = event["key"].text { words.append("key \(HTML.mono(key))") }
        if let cause = event["cause"].text {
            if let version = versions[cause] {
                words.append("because of \(a(.href("#event-\(version)")) { "event \(version)" })")
            } else {
                words.append("because of \(HTML.mono(cause))")
            }
        }
        return HTML.soft(words.joined(by: ", "))
    }

    private func outcome(of event: JSONValue) -> [(String, HTML)] {
        var lines: [(String, HTML)] = ways(event)
        let command = event["type"].text.flatMap { shown.workflow?.command(EventName(Text($0))) }
        let asked = EventWords.values(event["asked"], command?.data)
        if !asked.isEmpty { lines.append(("asked", asked)) }
        if let changes = changes(event["set"].list) { lines.append(("changed", changes)) }
        if let stock = stock(event["stock"].list) { lines.append(("stock", stock)) }
        let armed = event["armed"].list.map { timeout -> HTML in
            guard let due = timeout["due"].moment, let at = event["at"].moment else { return HTML() }
            return "\(HTML.name(timeout["timeout"].text ?? "")) armed, \(Times(now: at).countdown(due))"
        }
        let cancelled = event["cancelled"].texts.map { "\(HTML.name($0)) cancelled" as HTML }
        if !(armed + cancelled).isEmpty { lines.append(("timeout", (armed + cancelled).joined(by: "; "))) }
        for call in event["calls"].list { lines.append(("call", self.call(call))) }
        for answer in event["answered"].list {
            lines.append(
                (
                    "call",
                    "\(HTML.mono(answer["key"].text ?? "")) is answered: \(HTML.bold(answer["result"].text ?? ""))"
                ))
        }
        for key in event["unanswered"].texts { lines.append(("call", "\(HTML.mono(key)) was not answered in time")) }
        for tell in event["tells"].list { lines.append(relative(tell)) }
        let sent = event["messages"].list.map(message)
        if !sent.isEmpty { lines.append(("sent", sent.joined(by: ", "))) }
        return lines
    }

    /// Which states were left for which, by region.
    private func ways(_ event: JSONValue) -> [(String, HTML)] {
        let (left, entered) = (event["left"].texts, event["entered"].texts)
        guard hasRegions else {
            guard !left.isEmpty || !entered.isEmpty else { return [] }
            return [(left.isEmpty ? "entered" : "state", way(left, entered))]
        }
        guard !left.isEmpty else {
            let names = entered.map { HTML.bold($0) }
            return names.isEmpty ? [] : [("entered", names.joined(by: ", "))]
        }
        var regions: [String] = []
        for path in left + entered {
            let region = String(path.prefix { $0 != "." })
            if !regions.contains(region) { regions.append(region) }
        }
        return regions.map { region in
            let inside = { (paths: [String]) in
                paths.filter { $0.hasPrefix(region + ".") }.map { String($0.dropFirst(region.count + 1)) }
            }
            return (region, way(inside(left), inside(entered)))
        }
    }

    private func way(_ left: [String], _ entered: [String]) -> HTML {
        let names = left.map { HTML($0) } + entered.dropLast().map { HTML($0) }
        return (names + entered.suffix(1).map { HTML.bold($0) }).joined(by: " → ")
    }

    private func changes(_ list: [JSONValue]) -> HTML? {
        guard !list.isEmpty else { return nil }
        let words = list.map { change -> HTML in
            let path = change["path"].text ?? ""
            let type = types.type(of: path)
            if case .record(let record) = type {
                return "\(HTML.mono(path)): \(EventWords.values(change["value"], record))"
            }
            return "\(HTML.mono(path)) is \(HTML.bold(EventWords.words(change["value"], type, name: path)))"
        }
        guard words.count > Self.changesMax else { return words.joined(by: lineBreak()) }
        return details {
            summary { "\(Numbers.count(Int64(words.count), "change")) of its data" }
            words.joined(by: lineBreak())
        }
    }

    /// `reserve 2 mug, 1 lamp at east`: by what is done and where.
    private func stock(_ list: [JSONValue]) -> HTML? {
        var groups: [(verb: String, place: String, goods: [HTML])] = []
        for movement in list {
            let (verb, place) = (movement["verb"].text ?? "", movement["location"].text ?? "")
            let sku = movement["sku"].text ?? ""
            let goods: HTML =
                "\(Numbers.grouped(movement["quantity"].int ?? 0)) "
                + a(.href(Target("/stock", sku).string)) { HTML.name(sku) }
            if let index = groups.firstIndex(where: { $0.verb == verb && $0.place == place }) {
                groups[index].goods.append(goods)
            } else {
                groups.append((verb, place, [goods]))
            }
        }
        guard !groups.isEmpty else { return nil }
        return groups.map { group in
            let more = group.goods.count - Self.stocksMax
            return pieces {
                "\(group.verb) "
                Array(group.goods.prefix(Self.stocksMax)).joined(by: ", ")
                if more > 0 { " and \(more) more" }
                if !group.place.isEmpty { HTML.soft(" at \(HTML.name(group.place))") }
            }
        }.joined(by: lineBreak())
    }

    private func call(_ call: JSONValue) -> HTML {
        let topic = call["topic"].text ?? ""
        return pieces {
            a(.href("#calls")) { HTML.mono(call["key"].text ?? "") }
            " to "
            a(.href(Target("/topics", topic).string)) { HTML.name(topic) }
            let values = EventWords.values(call["data"], nil)
            if !values.isEmpty { ": \(values)" }
            if let deadline = call["deadline"].moment { ", until \(shown.times.shortHTML(deadline))" }
        }
    }

    private func relative(_ tell: JSONValue) -> (String, HTML) {
        if let child = tell["spawns"].text {
            return ("child", "a new \(HTML.name(tell["workflow"].text ?? "")), \(link(child))")
        }
        let command = HTML.bold(tell["command"].text ?? "")
        guard let other = tell["to"].text, other != "parent" else { return ("tells", "its parent: \(command)") }
        return ("tells", "\(link(other)): \(command)")
    }

    private func link(_ order: String) -> HTML {
        a(.class("mono"), .href(Target("/orders", order).string)) { HTML.name(order) }
    }

    private func message(_ message: JSONValue) -> HTML {
        let (id, topic) = (message["id"].text ?? "", message["topic"].text ?? "")
        let name = message["tag"].text.map { "\(topic):\($0)" } ?? topic
        return pieces {
            a(.href(Target("/messages", id).string)) { HTML.name(name) }
            if message["half"].bool { HTML.soft(" (half, waits for the answer)") }
        }
    }
}
