import Synchronization

/// What is open for long and ends when the server stops: receives that wait, and streams of clients.
final class OpenWaits: Sendable {
    private struct State {
        var open: [UInt64: (client: ClientKey?, end: @Sendable () -> Void)] = [:]
        /// Receives by the client that waits.
        var ofClients: [ClientKey: Set<UInt64>] = [:]
        var last: UInt64 = 0
        var isEnding = false

        mutating func remove(_ number: UInt64) {
            guard let client = open.removeValue(forKey: number)?.client else { return }
            ofClients[client]?.remove(number)
            if ofClients[client]?.isEmpty == true { ofClients[client] = nil }
        }
    }

    private let state = Mutex(State())

    /// Notes how something is ended; called at once when the server stops already.
    ///
    /// - Parameter client: with whose end it ends too; nil: with none.
    func add(of client: ClientKey? = nil, _ end: @escaping @Sendable () -> Void) -> UInt64 {
        let (number, isEnding) = state.withLock { state in
            state.last += 1
            if !state.isEnding {
                state.open[state.last] = (client, end)
                if let client { state.ofClients[client, default: []].insert(state.last) }
            }
            return (state.last, state.isEnding)
        }
        if isEnding { end() }
        return number
    }

    func remove(_ number: UInt64) { state.withLock { $0.remove(number) } }

    /// A client goes: what it waits for would bring it back.
    func endAll(of client: ClientKey) {
        let ends = state.withLock { state in
            (state.ofClients[client] ?? []).compactMap { number in
                defer { state.remove(number) }
                return state.open[number]?.end
            }
        }
        for end in ends { end() }
    }

    func endAll() {
        let open = state.withLock { state in
            state.isEnding = true
            defer { (state.open, state.ofClients) = ([:], [:]) }
            return Array(state.open.values)
        }
        for one in open { one.end() }
    }
}
