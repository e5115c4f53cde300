package import WaybillCore

/// What a source knows of a step beyond its command. Kept with the event as its trace, in words that a person can read
/// and a report can count: `recorded=2018-03-01T14:05:09Z status=DELIVERED`.
package struct HistoryNote: Hashable, Sendable {
    /// The time in the source, when the step happens at another one.
    package var recorded: Moment?
    /// The source does not say that it happened; what it says of later steps requires it.
    package var isMissing = false
    /// A step in the source that contradicts how it says the order ended, and that is left out.
    package var leftOut: LeftOut?
    /// What the source says the order's status is in the end: with its last step.
    package var status: Text?
    /// Payments that the source names without saying that they were ever approved: with the first step.
    package var unapprovedCents: Int64?

    package struct LeftOut: Hashable, Sendable {
        package var command: EventName
        package var at: Moment

        package init(command: EventName, at: Moment) {
            self.command = command
            self.at = at
        }
    }

    package init() {}

    package var isEmpty: Bool { self == HistoryNote() }

    /// The note as words, after those of a trace that is there already; nil: nothing to say.
    package func trace(after trace: Text?) -> Text? {
        var words = trace.map { [$0.string] } ?? []
        if let recorded { words.append("recorded=\(recorded.iso8601)") }
        if isMissing { words.append("missing") }
        if let leftOut { words.append("without=\(leftOut.command)@\(leftOut.at.iso8601)") }
        if let status { words.append("status=\(status)") }
        if let unapprovedCents { words.append("unapproved_cents=\(unapprovedCents)") }
        return words.isEmpty ? nil : Text(words.joined(separator: " "))
    }

    /// Reads the words of a trace; those of others are passed over.
    package init(trace: Text?) {
        guard let trace else { return }
        for word in trace.string.split(separator: " ") {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            switch (parts[0], parts.count) {
            case ("missing", 1): isMissing = true
            case ("recorded", 2): recorded = Moment(iso8601: Text(String(parts[1])))
            case ("status", 2): status = Text(String(parts[1]))
            case ("unapproved_cents", 2): unapprovedCents = Int64(parts[1])
            case ("without", 2): leftOut = LeftOut(word: parts[1])
            default: break
            }
        }
    }
}

extension HistoryNote.LeftOut {
    fileprivate init?(word: Substring) {
        let parts = word.split(separator: "@", maxSplits: 1)
        guard parts.count == 2, let moment = Moment(iso8601: Text(String(parts[1]))) else { return nil }
        self.init(command: EventName(String(parts[0])), at: moment)
    }
}
