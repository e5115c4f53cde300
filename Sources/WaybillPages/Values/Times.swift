import WaybillCore

/// Times as pages write them: in UTC, beside how far away they are from the moment that the page shows.
struct Times: Sendable {
    /// The moment from which countdowns count: now, or that of a page of the past.
    let now: Moment

    /// `2026-11-30 02:42:06`
    static func full(_ moment: Moment) -> String {
        String(moment.iso8601.prefix(19)).replacing("T", with: " ")
    }

    /// The same without its year where that is this one's.
    func short(_ moment: Moment) -> String {
        let (full, today) = (Self.full(moment), Self.full(now))
        if full.prefix(10) == today.prefix(10) { return String(full.dropFirst(11)) }
        return full.prefix(4) == today.prefix(4) ? String(full.dropFirst(5)) : full
    }

    /// A length of time in two parts at most: `4 h 42 min`.
    static func length(_ interval: Interval) -> String {
        let milliseconds = Int64(clamping: interval.milliseconds.magnitude)
        if milliseconds < 1_000 { return "\(milliseconds) ms" }
        let seconds = milliseconds / 1_000
        if seconds < 60 { return "\(seconds) s" }
        let parts: [(Int64, String)] = [
            (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "min"),
        ]
        let first = parts.firstIndex { $0.0 > 0 } ?? 2
        return parts[first..<min(first + 2, 3)].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// `4 min ago`, `in 10 d`.
    func relative(_ moment: Moment) -> String {
        let away = moment.since(now)
        if away.milliseconds.magnitude < 1_000 { return "just now" }
        return away.milliseconds > 0 ? "in \(Self.length(away))" : "\(Self.length(away)) ago"
    }

    /// The same of what should have happened: `3 min overdue`.
    func countdown(_ moment: Moment) -> String {
        let away = moment.since(now)
        if away.milliseconds.magnitude < 1_000 { return "now" }
        return away.milliseconds > 0 ? "in \(Self.length(away))" : "\(Self.length(away)) overdue"
    }

    private func element(_ moment: Moment, _ form: String, _ text: String) -> HTML {
        timeElement(.datetime(moment.iso8601), .title(moment.iso8601), .dataTime(form)) { HTML(text) }
    }

    func relativeHTML(_ moment: Moment) -> HTML { element(moment, "ago", relative(moment)) }
    func countdownHTML(_ moment: Moment) -> HTML { element(moment, "due", countdown(moment)) }
    func shortHTML(_ moment: Moment) -> HTML { element(moment, "", short(moment)) }
    func fullHTML(_ moment: Moment) -> HTML { element(moment, "", Self.full(moment)) }

    /// All three: UTC, local (which the script adds), relative.
    func wholeHTML(_ moment: Moment) -> HTML {
        pieces {
            element(moment, "whole", Self.full(moment))
            " UTC, "
            span(.class("soft")) { relativeHTML(moment) }
        }
    }

    /// How far away, and below it when exactly: for lists.
    func listHTML(_ moment: Moment, isDue: Bool = false) -> HTML {
        pieces {
            isDue ? countdownHTML(moment) : relativeHTML(moment)
            small { shortHTML(moment) }
        }
    }
}

extension Moment {
    /// Reads what people type: `2026-11-30 02:42`, with or without seconds, in UTC.
    init?(typed text: String) {
        let text = text.split(separator: " ").joined(separator: " ")
        let withSeconds = text.count == 10 ? text + " 00:00:00" : text.count == 16 ? text + ":00" : text
        self.init(iso8601: Text(withSeconds), assumingUTC: true)
    }
}
