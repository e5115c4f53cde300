import WaybillCore

/// What needs a person now, the worst first.
struct Worries: Sendable {
    struct Worry: Sendable {
        let isBad: Bool
        let word: String
        let title: HTML
        let words: HTML
        let target: String
    }

    private(set) var all: [Worry] = []
    private static let shownMax = 12

    private mutating func add(_ isBad: Bool, _ word: String, _ title: HTML, _ words: HTML, _ target: String) {
        all.append(Worry(isBad: isBad, word: word, title: title, words: words, target: target))
    }

    init(
        _ health: JSONValue, _ groups: [GroupStanding], _ calls: [JSONValue], _ overdue: [JSONValue],
        _ halves: [JSONValue], _ times: Times
    ) {
        for vital in health["vitals"].members where vital.value["word"].text != "ok" {
            let words = VitalWords.of(vital.name, vital.value)
            add(
                vital.value["word"].text == "bad", vital.value["word"].text ?? "", HTML(words.title),
                HTML.name(words.value), "/health")
        }
        for call in calls.filter({ $0["state"].text == "unanswered" }).prefix(3) {
            let order = call["order"].text ?? ""
            add(
                true, "no answer", "\(HTML.name(order)) waits for an answer that did not come",
                "Asked in topic \(HTML.name(call["topic"].text ?? "")) with key \(HTML.mono(call["key"].text ?? "")).",
                Target("/orders", order).string + "#calls")
        }
        if let first = overdue.first, let due = first["due"].moment, times.now.since(due) > .seconds(10) {
            add(
                true, "overdue", "Timeouts are overdue",
                "The oldest is \(HTML.name(first["name"].text ?? "")) of \(HTML.name(first["order"].text ?? "")), "
                    + "\(times.countdownHTML(due)).",
                "/timeouts?state=overdue")
        }
        for group in groups {
            switch group.word(times.now) {
            case .still:
                let since = group.lastUsed.map { "for \(Times.length(times.now.since($0)))" } ?? "ever"
                add(
                    true, "stands still", "\(HTML.name(group.group)) has asked for nothing \(since)",
                    "\(Numbers.grouped(group.owed)) messages of topic \(HTML.name(group.topic)) wait.",
                    Target("/groups", group.group).string)
            case .behind:
                add(
                    false, "behind", "\(HTML.name(group.group)) is \(Times.length(group.behind)) behind",
                    "\(Numbers.grouped(group.owed)) messages of topic \(HTML.name(group.topic)) wait.",
                    Target("/groups", group.group).string)
            case .keepsUp: break
            }
        }
        for group in groups where group.dead > 0 {
            add(
                false, "dead letters", "\(HTML.name(group.group)) has given up \(Numbers.count(group.dead, "message"))",
                "Of topic \(HTML.name(group.topic)). Deliver them again when their consumer is mended, or delete them.",
                Target("/dead-letters").with("group", group.group).string)
        }
        let parked = halves.filter { $0["parked"].bool }
        if !parked.isEmpty {
            add(
                true, "in doubt", "\(Numbers.count(Int64(parked.count), "half message")) need a person",
                "Their producer was asked in vain: commit them, or roll them back.", "/half-messages?state=parked")
        }
        all = all.filter(\.isBad) + all.filter { !$0.isBad }
    }

    var tag: HTML {
        guard let first = all.first else { return WaybillPages.tag("ok", "all is well", isBig: true) }
        let count = Int64(all.count)
        return WaybillPages.tag(
            first.isBad ? "bad" : "warn", "\(Numbers.count(count, "thing")) need\(count == 1 ? "s" : "") a look",
            isBig: true)
    }

    var list: HTML {
        guard !all.isEmpty else { return HTML() }
        return ul(.class("card flush todo part")) {
            for worry in all.prefix(Self.shownMax) {
                li {
                    span(.class("tag \(worry.isBad ? "bad" : "warn")")) { HTML(worry.word) }
                    div {
                        b { worry.title }
                        p(.class("soft")) { worry.words }
                    }
                    a(.href(worry.target)) {
                        "Look"
                        span(.class("hidden")) { " at: \(worry.title)" }
                    }
                }
            }
            if all.count > Self.shownMax {
                li {
                    span(.class("tag")) { "more" }
                    div { "\(all.count - Self.shownMax) more" }
                }
            }
        }
    }
}

/// Vitals in words.
enum VitalWords {
    static func of(_ name: String, _ vital: JSONValue) -> (title: String, value: String, limit: String) {
        let number = vital["value"].int
        let isBytes = name.hasSuffix("_bytes")
        let isTime = name.hasSuffix("_ms")
        let words = { (number: Int64?) -> String in
            guard let number else { return "" }
            return isBytes
                ? Numbers.bytes(number)
                : isTime ? Times.length(Interval(milliseconds: number)) : Numbers.grouped(number)
        }
        let text = vital["value"].text ?? ""
        let value = number.map { words($0) + (name.hasSuffix("_percent") ? " %" : "") } ?? (text.isEmpty ? "no" : text)
        let limit = vital["limit"].int.map { words($0) + (name.hasSuffix("_percent") ? " %" : "") } ?? ""
        return (titles[name] ?? Money.words(name), value, limit)
    }

    private static let titles = [
        "stopped": "Stopped", "draining": "About to close", "clock": "Clock held",
        "hold": "Timeouts held", "open": "Open without tokens", "intake_waiting": "Requests that wait to be taken in",
        "oldest_wait_ms": "The oldest of them waits", "last_write_ms": "The last write took",
        "timeout_lateness_p99_ms": "Lateness of timeouts, p99", "wal_bytes": "Write-ahead log",
        "checkpoint_failures": "Checkpoints that failed", "loop_failures": "Rounds of loops that failed",
        "disk_used_percent": "Disk used", "certificate": "Certificate", "plain": "Served without TLS",
    ]
}
