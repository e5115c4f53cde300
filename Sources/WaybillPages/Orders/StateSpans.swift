import WaybillCore

/// When an order was in which of its states, as its events tell it.
struct StateSpans: Sendable {
    struct Span: Sendable {
        let from: Int64
        let since: Moment
        /// The version with which it was left; nil: it is there still.
        var left: Int64?
    }

    /// By the path of a state without states in it.
    private var spans: [String: [Span]] = [:]
    /// Whether the first event is among those that are known.
    private let isWhole: Bool

    /// - Parameter events: the oldest first.
    init(_ events: [JSONValue]) {
        isWhole = events.first?["version"].int == 1
        for event in events {
            guard let version = event["version"].int, let at = event["at"].moment else { continue }
            for path in event["left"].texts {
                guard let last = spans[path]?.indices.last else { continue }
                spans[path]?[last].left = version
            }
            for path in event["entered"].texts {
                spans[path, default: []].append(Span(from: version, since: at))
            }
        }
    }

    /// Of a state, or of all that are in it, in the order of their beginnings.
    private func spans(of path: String) -> [Span] {
        if let own = spans[path] { return own }
        return spans.filter { $0.key.hasPrefix(path + ".") }.flatMap(\.value).sorted { $0.from < $1.from }
    }

    /// What a box says of its state.
    func words(for path: String, isActive: Bool, isFinal: Bool, _ times: Times) -> HTML {
        let spans = spans(of: path)
        if isActive {
            guard let first = spans.last(where: { $0.left == nil }) ?? spans.last else {
                return isFinal ? "the end" : "here"
            }
            let away = times.now.since(first.since)
            let since = away < .seconds(1) ? "just now" : Times.length(away)
            return isFinal ? "the end, since event \(first.from)" : "here since event \(first.from), \(since)"
        }
        guard let last = spans.last, let left = spans.compactMap(\.left).max() else {
            return isFinal ? "final, not yet" : isWhole ? "never" : ""
        }
        if left == last.from { return "passed through, event \(left)" }
        return left - 1 == last.from ? "was here, event \(last.from)" : "was here, events \(last.from) to \(left - 1)"
    }
}
