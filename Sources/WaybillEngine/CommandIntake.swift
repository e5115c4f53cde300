import Dispatch
import Synchronization
import WaybillCore

/// Where requests wait for the writer: bounded, first come first served, collected into one write (group commit).
///
///     submit ──► waiting ──take──► one write ──commit──► each caller gets its reply
///        │ full: refused with a time to come back
final class CommandIntake: Sendable {
    /// Something that waits for the writer.
    enum Waiting: Sendable {
        case request(Request, UnsafeContinuation<Reply, Never>)
        /// Work that needs the writer for itself: `transact`, maintenance.
        case work(@Sendable (Writer) -> Void)
    }

    private struct State {
        var waiting: [Waiting] = []
        var isWriterParked = false
        var isClosed = false
    }

    let depthMax: Int
    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    init(depthMax: Int) {
        precondition(depthMax > 0, "an intake holds one request at least")
        self.depthMax = depthMax
    }

    /// Waits in line; refused at once when the line is full or closed.
    ///
    /// Unsafe means unchecked: the continuation is resumed here when it does not get in line, else by the writer, which
    /// has one reply for each request that it took. A checked one costs as much as reading a command's data.
    func submit(_ request: Request) async -> Reply {
        await withUnsafeContinuation { continuation in
            if let refusal = add(.request(request, continuation)) {
                continuation.resume(returning: request.refused(refusal))
            }
        }
    }

    /// Adds to the line, or says why not.
    func add(_ item: Waiting) -> Refusal? {
        let (refusal, wake) = state.withLock { state -> (Refusal?, Bool) in
            if state.isClosed { return (.failStopped("the engine is closed"), false) }
            if state.waiting.count >= depthMax { return (.overloaded(retryAfter: .seconds(1)), false) }
            state.waiting.append(item)
            let wake = state.isWriterParked
            state.isWriterParked = false
            return (nil, wake)
        }
        if wake { wakeUp.signal() }
        return refusal
    }

    /// Takes up to `limit` items; waits at most `wait` for the first. Nil: closed, and the line is empty.
    func take(limit: Int, waitingAtMost wait: Interval) -> [Waiting]? {
        switch takeNow(limit: limit, parking: wait.milliseconds > 0) {
        case .some(let items): return items
        case .closed: return nil
        case .none: break
        }
        if wait.milliseconds > 0 {
            _ = wakeUp.wait(timeout: .now() + .milliseconds(Int(clamping: wait.milliseconds)))
        }
        switch takeNow(limit: limit, parking: false) {
        case .some(let items): return items
        case .closed: return nil
        case .none: return []
        }
    }

    private enum Taken {
        case some([Waiting])
        case none
        /// Closed, and nothing waits: seen under one lock, so that nobody can be left behind.
        case closed
    }

    private func takeNow(limit: Int, parking: Bool) -> Taken {
        state.withLock { state in
            state.isWriterParked = false
            if state.waiting.isEmpty {
                if state.isClosed { return .closed }
                state.isWriterParked = parking
                return .none
            }
            if state.waiting.count <= limit {
                let all = state.waiting
                state.waiting = []
                state.waiting.reserveCapacity(all.count)
                return .some(all)
            }
            let first = Array(state.waiting.prefix(limit))
            state.waiting.removeFirst(limit)
            return .some(first)
        }
    }

    /// Lets the writer look at its clock.
    func wake() {
        let isParked = state.withLock { state in
            defer { state.isWriterParked = false }
            return state.isWriterParked
        }
        if isParked { wakeUp.signal() }
    }

    /// Nothing more comes in; what waits is still done.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeUp.signal()
    }

    var depth: Int { state.withLock { $0.waiting.count } }
}
