import Synchronization

/// What is open for long and ends when the server stops: receives that wait, and streams of clients.
final class OpenWaits: Sendable {
    private struct State {
        var open: [UInt64: @Sendable () -> Void] = [:]
        var last: UInt64 = 0
        var isEnding = false
    }

    private let state = Mutex(State())

    /// Notes how something is ended; called at once when the server stops already.
    func add(_ end: @escaping @Sendable () -> Void) -> UInt64 {
        let (number, isEnding) = state.withLock { state in
            state.last += 1
            if !state.isEnding { state.open[state.last] = end }
            return (state.last, state.isEnding)
        }
        if isEnding { end() }
        return number
    }

    func remove(_ number: UInt64) { state.withLock { $0.open[number] = nil } }

    func endAll() {
        let open = state.withLock { state in
            state.isEnding = true
            defer { state.open = [:] }
            return Array(state.open.values)
        }
        for end in open { end() }
    }
}
