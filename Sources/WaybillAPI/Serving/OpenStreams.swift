import Synchronization
import WaybillAccess
import WaybillCore

/// The streams that are open. Their number is bounded, and each ends with the server or with its token.
package final class OpenStreams: Sendable {
    /// How many may be open.
    package struct Limits: Sendable {
        package var all = 10_000
        /// Of one principal.
        package var ofOne = 5_000

        package init() {}
    }

    /// Its stream is kept by who writes it.
    private struct Entry {
        weak var stream: EventStream?
        let principal: Text
    }

    private struct State {
        var streams: [ObjectIdentifier: Entry] = [:]
        var counts: [Text: Int] = [:]
        /// Whether the server stops: a stream that begins now ends at once.
        var isStopping = false
    }

    private let state = Mutex(State())
    private let limits: Limits

    init(_ limits: Limits) { self.limits = limits }

    /// How many are open.
    package var count: Int { state.withLock { $0.streams.count } }

    /// - Throws: when as many are open as may be.
    func add(_ stream: EventStream, of principal: Principal) throws(Problem) {
        let name = principal.token ?? principal.name
        let refused = state.withLock { [limits] state -> (what: String, max: Int)? in
            if state.streams.count >= limits.all { return ("streams", limits.all) }
            if state.counts[name, default: 0] >= limits.ofOne { return ("streams of one caller", limits.ofOne) }
            state.streams[ObjectIdentifier(stream)] = Entry(stream: stream, principal: name)
            state.counts[name, default: 0] += 1
            return nil
        }
        if let refused {
            var problem = Problem(.overloaded, "\(refused.max) \(refused.what) are open, as many as may be")
            problem.retryAfter = .seconds(5)
            throw problem.with(["limit": .text(refused.what), "max": .number(Int64(refused.max))])
        }
        if state.withLock({ $0.isStopping }) { stream.end(.stopping) }
    }

    func remove(_ stream: EventStream) {
        state.withLock { state in
            guard let entry = state.streams.removeValue(forKey: ObjectIdentifier(stream)) else { return }
            let rest = state.counts[entry.principal, default: 1] - 1
            state.counts[entry.principal] = rest > 0 ? rest : nil
        }
    }

    /// The server stops: all end, and those that begin later.
    func stop() {
        state.withLock { $0.isStopping = true }
        for stream in all { stream.end(.stopping) }
    }

    /// A token opens nothing any more.
    func end(token: Text) {
        for stream in all where stream.token == token { stream.end(.forbidden) }
    }

    private var all: [EventStream] { state.withLock { $0.streams.values.compactMap(\.stream) } }
}
