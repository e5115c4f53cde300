import Synchronization
import WaybillAccess
import WaybillCore

/// How many requests of each caller are in work, from the moment when their head was found right until their answer is
/// taken, and how much their bodies and answers take: one caller cannot take all there is. Long polls, which only wait,
/// are counted by themselves, for all callers together.
package final class RequestsInWork: Sendable {
    /// How much may be in work.
    package struct Limits: Sendable {
        /// Requests of one caller.
        package var ofOne = 1_000
        /// Requests of all callers that may wait for something to come.
        package var longPolls = 10_000
        /// Bytes of bodies that are there, whole or in part, and of answers that are not taken.
        package var bodyBytes = 256 * 1_024 * 1_024
        /// The same of one caller.
        var bodyBytesOfOne: Int { bodyBytes / 2 }

        package init() {}
    }

    /// This much of each body is not counted: it is bounded by the number of requests in work.
    package static let bodyBytesFree = 16 * 1_024

    private struct Share {
        var requests = 0
        var bodyBytes = 0

        /// Whether one more may be in work; then it is.
        mutating func begin(max: Int) -> Bool {
            guard requests < max else { return false }
            requests += 1
            return true
        }
    }

    private struct State {
        var bodyBytes = 0
        var longPolls = 0
        var shares: [Text: Share] = [:]
    }

    private let limits: Limits
    private let state = Mutex(State())

    package init(_ limits: Limits) { self.limits = limits }

    /// A request begins.
    ///
    /// - Throws: when as many requests of this caller are in work as may be.
    func begin(_ operation: Operation, by principal: Principal) throws(Problem) -> RequestPlace {
        // Who asks for what is open to all has no name.
        let name = principal.name
        // Those are bounded by their connections, and have to get through when others have all there is.
        guard !principal.isProbe else { return RequestPlace(self, of: name, .unbounded) }
        guard !operation.isLongPoll else {
            guard countLongPoll() else { throw tooManyLongPolls }
            return RequestPlace(self, of: name, .longPoll)
        }
        guard !operation.grant.isOpen else { return RequestPlace(self, of: name, .uncounted) }
        guard count(name) else { throw tooMany }
        return RequestPlace(self, of: name, .request)
    }

    private func countLongPoll() -> Bool {
        state.withLock { [limits] state in
            guard state.longPolls < limits.longPolls else { return false }
            state.longPolls += 1
            return true
        }
    }

    private func count(_ name: Text) -> Bool {
        state.withLock { [limits] state in
            state.shares[name, default: Share()].begin(max: limits.ofOne)
        }
    }

    /// More of a body has come.
    fileprivate func take(_ bytes: Int, for name: Text) throws(Problem) {
        let refused = state.withLock { [limits] state -> (what: String, max: Int)? in
            if state.bodyBytes + bytes > limits.bodyBytes { return ("bytes of bodies", limits.bodyBytes) }
            let share = state.shares[name, default: Share()]
            if share.bodyBytes + bytes > limits.bodyBytesOfOne {
                return ("bytes of bodies of one caller", limits.bodyBytesOfOne)
            }
            state.bodyBytes += bytes
            state.shares[name, default: Share()].bodyBytes += bytes
            return nil
        }
        guard let refused else { return }
        var problem = Problem(
            .overloaded, "\(refused.max) \(refused.what) are in work, as many as may be; send it again")
        problem.retryAfter = .seconds(1)
        throw problem.with(["limit": .text(refused.what), "max": .number(Int64(refused.max))])
    }

    fileprivate func end(_ name: Text, _ kind: RequestPlace.Kind, bodyBytes: Int) {
        state.withLock { state in
            if kind == .longPoll { state.longPolls -= 1 }
            guard let place = state.shares.index(forKey: name) else { return }
            if kind == .request { state.shares.values[place].requests -= 1 }
            state.shares.values[place].bodyBytes -= bodyBytes
            state.bodyBytes -= bodyBytes
            let share = state.shares.values[place]
            // Names come from outside: those without a request in work are not kept.
            if share.requests <= 0, share.bodyBytes <= 0 { state.shares.remove(at: place) }
        }
    }

    private var tooManyLongPolls: Problem {
        let max = limits.longPolls
        var problem = Problem(.overloaded, "\(max) long polls are open, as many as may be")
            .with(["limit": "long polls", "max": .number(Int64(max))])
        problem.retryAfter = .seconds(5)
        return problem
    }

    private var tooMany: Problem {
        let max = limits.ofOne
        var problem = Problem(.rate, "\(max) of your requests are in work; send this one again when one is answered")
            .with(["limit": "requests in work", "max": .number(Int64(max))])
        problem.retryAfter = .seconds(1)
        return problem
    }
}

/// The place of one request among those in work, until it is answered or given up.
package final class RequestPlace: Sendable {
    private struct State {
        /// Those of its body and its answer that are counted.
        var bodyBytes = 0
        var isOver = false
    }

    private let inWork: RequestsInWork
    private let name: Text
    private let kind: Kind
    private let state = Mutex(State())

    /// As what it counts.
    fileprivate enum Kind { case request, longPoll, uncounted, unbounded }

    fileprivate init(_ inWork: RequestsInWork, of name: Text, _ kind: Kind) {
        self.inWork = inWork
        self.name = name
        self.kind = kind
    }

    deinit { end() }

    /// This much of the body is there.
    ///
    /// - Throws: when bodies take as much as they may.
    package func hold(bodyBytes: Int) throws(Problem) {
        guard kind != .unbounded else { return }
        let count = bodyBytes - RequestsInWork.bodyBytesFree
        let more = state.withLock { count - $0.bodyBytes }
        guard more > 0 else { return }
        try inWork.take(more, for: name)
        state.withLock { $0.bodyBytes += more }
    }

    /// This much of the answer waits for the client to take it.
    ///
    /// - Throws: when bodies and answers take as much as they may. What was read is read again then; what a write has
    ///   done is told all the same.
    package func hold(answer: Reply, to operation: Operation) throws(Problem) {
        guard operation.method == .get else { return }
        try hold(bodyBytes: answer.body.count)
    }

    /// Its answer is taken, or given up. Again changes nothing.
    package func end() {
        let bodyBytes = state.withLock { state -> Int? in
            defer { state.isOver = true }
            return state.isOver ? nil : state.bodyBytes
        }
        guard let bodyBytes, kind == .request || kind == .longPoll || bodyBytes > 0 else { return }
        inWork.end(name, kind, bodyBytes: bodyBytes)
    }
}
