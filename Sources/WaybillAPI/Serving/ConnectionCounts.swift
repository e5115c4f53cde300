import Synchronization
import WaybillCore

/// How many connections there are, in all and of each caller, so that none of them takes all there may be.
package final class ConnectionCounts: Sendable {
    /// How many may be open.
    package struct Limits: Sendable {
        package var all = 12_000
        /// Of one caller.
        package var ofOne: Int { max(1, all / 2) }

        package init() {}
    }

    /// How a connection begins.
    package enum Entry: Sendable {
        case taken
        /// As many are open as may be: its first request is refused.
        case refused
        /// Too many that were refused are still open: this one is closed without a word.
        case turnedAway
    }

    /// Refused connections that may be open, to be told so.
    private static let refusedMax = 256

    private struct State {
        var all = 0
        var ofCallers: [Int: Int] = [:]
        /// Those that are open though they were refused.
        var refusedNow = 0
        /// Connections that were refused because there were too many in all, and because there were too many of their
        /// caller.
        var refusedOfAll: UInt64 = 0
        var refusedOfOne: UInt64 = 0

        mutating func release(_ caller: Int) {
            let rest = ofCallers[caller, default: 1] - 1
            ofCallers[caller] = rest > 0 ? rest : nil
        }
    }

    private let limits: Limits
    private let state = Mutex(State())

    package init(_ limits: Limits) { self.limits = limits }

    /// How many are open.
    package var count: Int { state.withLock { $0.all } }

    /// How many were refused since the server was started, by the limit that was met.
    package var refusals: [(limit: String, count: UInt64)] {
        state.withLock { [("connections", $0.refusedOfAll), ("connections_of_one", $0.refusedOfOne)] }
    }

    /// One begins.
    package func enter() -> Entry {
        state.withLock { [limits] state in
            if state.all < limits.all {
                state.all += 1
                return .taken
            }
            state.refusedOfAll += 1
            guard state.refusedNow < Self.refusedMax else { return .turnedAway }
            state.refusedNow += 1
            return .refused
        }
    }

    /// One ends.
    ///
    /// - Parameter caller: whose it was; nil: no request has said so yet.
    package func leave(_ entry: Entry, of caller: Int?) {
        state.withLock { state in
            switch entry {
            case .taken: state.all -= 1
            case .refused: state.refusedNow -= 1
            case .turnedAway: break
            }
            if let caller { state.release(caller) }
        }
    }

    /// A connection is used by a caller from now on.
    ///
    /// - Parameters:
    ///   - caller: a number for each credential, so that none is kept here.
    ///   - former: whose it was.
    /// - Returns: false: that caller has as many as it may.
    package func claim(for caller: Int, insteadOf former: Int?) -> Bool {
        state.withLock { [limits] state in
            guard state.ofCallers[caller, default: 0] < limits.ofOne else {
                state.refusedOfOne += 1
                return false
            }
            if let former { state.release(former) }
            state.ofCallers[caller, default: 0] += 1
            return true
        }
    }

    /// A connection that was taken is refused because of its caller: it gives its place to others at once, and stays
    /// only to be told so.
    package func refuse(_ entry: Entry, of caller: Int?) -> Entry {
        state.withLock { state in
            guard case .taken = entry, state.refusedNow < Self.refusedMax else { return entry }
            state.all -= 1
            state.refusedNow += 1
            if let caller { state.release(caller) }
            return .refused
        }
    }

    /// Why a connection is refused: there are too many in all, or of its caller.
    package func problem(ofOne: Bool) -> Problem {
        let (what, max) = ofOne ? ("connections of one caller", limits.ofOne) : ("connections", limits.all)
        var problem = Problem(.overloaded, "\(max) \(what) are open, as many as may be")
        problem.retryAfter = .seconds(5)
        return problem.with(["limit": .text(what), "max": .number(Int64(max))])
    }
}
