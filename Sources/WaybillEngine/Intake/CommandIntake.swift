import Synchronization
import WaybillCore
import WaybillTimeouts

/// Where requests wait for the writer: bounded, collected into one write (group commit). First come, first served as
/// long as all that waits fits into the next write; beyond it in rounds that are fair to SKUs and callers.
///
///     submit ──► next write ──take──► one write ──commit──► each caller gets its reply
///        │           ▲ round by round
///        ├──► fair line
///        │ full, or this account's share is: refused with a time to come back
///
///     modules ──► a line of their own, from which the writer takes one when it has time for them
final class CommandIntake: Sendable {
    /// Something that waits for the writer.
    enum Waiting: Sendable {
        case request(any Request)
        /// Work that needs the writer for itself, such as `transact`. Maintenance does not come this way: its thread
        /// takes the turn directly.
        case work(@Sendable (Writer) -> Void)
    }

    /// A module's write; nil: the engine is closed, and there will be none.
    typealias ModuleWork = @Sendable (Writer?) -> Void

    private struct State {
        /// What the next write takes.
        var next: [Waiting] = []
        var line: FairLine<Waiting>
        /// Modules that want to write, the first one first.
        var modules: [ModuleWork] = []
        /// Requests that were taken and keep their place for the next write, and when the oldest of them came.
        var kept: (count: Int, since: Interval?) = (0, nil)
        /// How many of those in `next` somebody outside waits for.
        var awaited = 0
        var isWriterParked = false
        /// Nothing more comes from outside.
        var isDraining = false
        var isClosed = false
    }

    let depthMax: Int
    private let nextWriteMax: Int
    private let state: Mutex<State>
    /// Whether the next write is full, so that accounts count; to be read without the lock.
    private let isCrowded = Atomic(false)
    private let wakeUp = TimedSignal()
    private let uptime: @Sendable () -> Interval

    /// - Parameter uptime: a clock that never goes back.
    init(depthMax: Int, nextWriteMax: Int, fairness: FairShares, uptime: @escaping @Sendable () -> Interval) {
        precondition(depthMax > 0 && nextWriteMax > 0, "an intake and a write hold one request at least")
        self.depthMax = depthMax
        self.nextWriteMax = nextWriteMax
        self.uptime = uptime
        state = Mutex(State(line: FairLine(limits: fairness)))
    }

    /// Waits in line; refused at once when the line is full or closed.
    ///
    /// Unsafe means unchecked: the continuation is resumed here when it does not get in line, else by the writer, which
    /// has one reply for each request that it took. A checked one costs as much as reading a command's data.
    ///
    /// - Parameter account: on whose account it waits; asked only under load.
    func submit<Verb: EngineVerb>(_ verb: Verb, account: () -> Account) async -> Verb.Reply {
        let account = isCrowded.load(ordering: .relaxed) ? account() : .init()
        let now = uptime()
        return await withUnsafeContinuation { continuation in
            let asked = Asked(verb, continuation, since: now)
            if let refusal = add(.request(asked), for: account) {
                asked.refuse(refusal)
                asked.resume()
            }
        }
    }

    /// Adds to the line, or says why not.
    ///
    /// - Parameter isOwn: it is the engine's, and comes in while what is outside does not.
    func add(_ item: Waiting, for account: Account = .init(), isOwn: Bool = false) -> Refusal? {
        let (refusal, wake) = state.withLock { state -> (Refusal?, Bool) in
            if state.isClosed { return (.failStopped("the engine is closed"), false) }
            if state.isDraining, !isOwn, item.isAwaited { return (.shuttingDown, false) }
            if state.next.count + state.line.count >= depthMax {
                return (.overloaded(retryAfter: .seconds(1)), false)
            }
            if state.line.isEmpty && state.next.count < nextWriteMax {
                state.next.append(item)
                if item.isAwaited { state.awaited += 1 }
                if state.next.count == nextWriteMax { isCrowded.store(true, ordering: .relaxed) }
            } else if let refusal = state.line.add(item, for: account) {
                return (refusal, false)
            }
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
            _ = wakeUp.wait(atMost: wait)
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
            if state.next.isEmpty {
                if state.isClosed { return .closed }
                state.isWriterParked = parking
                return .none
            }
            let taken = Array(state.next.prefix(limit))
            state.next.removeFirst(taken.count)
            state.next += state.line.take(nextWriteMax - state.next.count)
            state.awaited = state.next.count { $0.isAwaited }
            isCrowded.store(state.next.count >= nextWriteMax, ordering: .relaxed)
            return .some(taken)
        }
    }

    /// Lets a module wait for its turn to write; why not, when it cannot.
    func add(module work: @escaping ModuleWork) -> Refusal? {
        let (refusal, wake) = state.withLock { state -> (Refusal?, Bool) in
            if state.isClosed { return (.failStopped("the engine is closed"), false) }
            guard state.modules.count < depthMax else { return (.overloaded(retryAfter: .seconds(1)), false) }
            state.modules.append(work)
            let wake = state.isWriterParked
            state.isWriterParked = false
            return (nil, wake)
        }
        if wake { wakeUp.signal() }
        return refusal
    }

    /// The module that has waited longest.
    func takeModule() -> ModuleWork? { state.withLock { $0.modules.isEmpty ? nil : $0.modules.removeFirst() } }

    var moduleCount: Int { state.withLock { $0.modules.count } }

    /// Whether a module wants to write, and whether somebody outside waits for the writer.
    var wishes: (hasModule: Bool, isAwaited: Bool) {
        state.withLock { (!$0.modules.isEmpty, $0.awaited > 0 || !$0.line.isEmpty) }
    }

    /// Lets the writer look at its clock.
    func wake() {
        let isParked = state.withLock { state in
            defer { state.isWriterParked = false }
            return state.isWriterParked
        }
        if isParked { wakeUp.signal() }
    }

    /// Nothing more comes in from outside; consumers and modules finish what they have.
    func drain() { state.withLock { $0.isDraining = true } }

    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Nothing more comes in; what waits is still done.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeUp.signal()
    }

    var depth: Int { state.withLock { $0.next.count + $0.line.count } }

    /// The writer says what it keeps for its next write.
    func note(kept: [any Request]) {
        let since = kept.lazy.compactMap(\.since).min()
        state.withLock { $0.kept = (kept.count, since) }
    }

    /// How many wait, with those that keep their place, and how long the oldest of them has.
    func waiting(at now: Interval) -> (count: Int, oldest: Interval?) {
        state.withLock { state in
            var since = ([state.kept.since] + state.next.map(\.since)).lazy.compactMap { $0 }.min()
            state.line.forEach { item in since = [since, item.since].compactMap { $0 }.min() }
            return (state.next.count + state.line.count + state.kept.count, since.map { now - $0 })
        }
    }
}

extension CommandIntake.Waiting {
    /// Whether somebody outside waits for it: modules make room for that.
    fileprivate var isAwaited: Bool {
        switch self {
        case .request(let request): request.isAwaited
        case .work: true
        }
    }

    /// When it came in, by uptime; nil: no one asks.
    fileprivate var since: Interval? {
        switch self {
        case .request(let request): request.since
        case .work: nil
        }
    }
}
