import Synchronization
package import WaybillCore

/// The requests that wait for something to come, each by its token: one whose token is revoked waits no longer.
package final class OpenPolls: Sendable {
    private struct State {
        var last = 0
        var ends: [Text: [Int: @Sendable () -> Void]] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// A request begins to wait.
    ///
    /// - Parameter end: ends the wait.
    /// - Returns: its number.
    package func add(of token: Text, _ end: @escaping @Sendable () -> Void) -> Int {
        state.withLock { state in
            state.last += 1
            state.ends[token, default: [:]][state.last] = end
            return state.last
        }
    }

    /// A request waits no longer.
    package func remove(_ number: Int, of token: Text) {
        state.withLock { state in
            state.ends[token]?[number] = nil
            if state.ends[token]?.isEmpty == true { state.ends[token] = nil }
        }
    }

    /// A token is not valid any more: what waits by it waits no longer.
    func end(token: Text) {
        for end in state.withLock({ $0.ends[token].map { Array($0.values) } ?? [] }) { end() }
    }
}
