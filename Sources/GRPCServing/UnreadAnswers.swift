import NIOCore
import NIOHTTP2

/// What a connection has written and its client has not taken yet, call by call.
///
/// A small answer counts until its call is closed, which costs next to nothing; what is larger, or belongs to a call
/// that stays open, is written in parts, and each part counts until it is with the client's connection.
struct UnreadAnswers {
    private struct Answer {
        var small = 0
        var parts = 0
        /// Since when nothing of it was taken.
        var since: NIODeadline
        var isReset = false
    }

    private var answers: [HTTP2StreamID: Answer] = [:]
    /// Of all calls.
    private(set) var bytes = 0

    var isEmpty: Bool { answers.isEmpty }

    mutating func addSmall(_ count: Int, of id: HTTP2StreamID, at now: NIODeadline) {
        answers[id, default: Answer(since: now)].small += count
        bytes += count
    }

    mutating func addPart(_ count: Int, of id: HTTP2StreamID, at now: NIODeadline) {
        answers[id, default: Answer(since: now)].parts += count
        bytes += count
    }

    /// A part was taken, or will never be.
    mutating func removePart(_ count: Int, of id: HTTP2StreamID, at now: NIODeadline) {
        guard var answer = answers[id] else { return }
        bytes -= count
        answer.parts -= count
        answer.since = now
        answers[id] = answer.parts == 0 && answer.small == 0 ? nil : answer
    }

    /// The call is closed: what it had that was small is on its way, or dropped.
    mutating func close(_ id: HTTP2StreamID) {
        guard var answer = answers[id] else { return }
        bytes -= answer.small
        answer.small = 0
        answers[id] = answer.parts == 0 ? nil : answer
    }

    mutating func removeAll() {
        answers = [:]
        bytes = 0
    }

    /// Calls of which nothing was taken for a time, and whether they were reset for it before; and since when the one
    /// has waited that has waited longest of the others.
    func stalled(
        for time: TimeAmount, at now: NIODeadline
    ) -> (stalled: [(id: HTTP2StreamID, isReset: Bool)], next: NIODeadline?) {
        var stalled: [(id: HTTP2StreamID, isReset: Bool)] = []
        var next: NIODeadline?
        for (id, answer) in answers {
            if now - answer.since >= time {
                stalled.append((id, answer.isReset))
            } else {
                next = min(next ?? answer.since, answer.since)
            }
        }
        return (stalled, next)
    }

    /// The call is reset, and has the same time again to be gone.
    mutating func reset(_ id: HTTP2StreamID, at now: NIODeadline) {
        answers[id]?.isReset = true
        answers[id]?.since = now
    }
}
