import Dispatch
import Synchronization
package import WaybillCore

/// Wakes those who follow the journal when a commit has made it longer. It holds no events: each follower reads the
/// file after its own position, so a slow one costs no memory.
///
///     commit ──► feed ──► followers of the streams that grew, and of the whole journal ──► each reads the file
///
/// Wakes coalesce: a follower that has not looked since the last wake is not woken again.
package final class JournalFeed: Sendable {
    /// What a follower is woken for.
    package enum Scope: Hashable, Sendable {
        /// Every event.
        case all
        /// The events of one stream.
        case stream(StreamNumber)
        /// Nothing but the end of the book.
        case nothing
    }

    fileprivate struct State {
        var ofAll: [UInt64: Follower] = [:]
        var ofStreams: [StreamNumber: [UInt64: Follower]] = [:]
        var ofNothing: [UInt64: Follower] = [:]
        var nextNumber: UInt64 = 0
        /// Streams that have grown and whose followers have not been woken yet.
        var grown: [StreamNumber] = []
        /// Whether any stream may have grown: a write did not note which.
        var mayAnyHaveGrown = false
        var hasGrown = false
        /// Whether someone wakes followers now, and looks again before ending.
        var isWaking = false
        var isClosed = false
    }

    private let state = Mutex(State())
    /// How many are woken by commits; to be read without the lock, once for each commit.
    private let count = Atomic(0)
    /// How many of them follow one stream.
    private let streamCount = Atomic(0)
    /// Nil: the writer's thread wakes, because in a virtual world there is no other.
    private let queue: DispatchQueue?

    init(isVirtual: Bool) { queue = isVirtual ? nil : DispatchQueue(label: "waybill.feed") }

    /// Whether the next write should note which streams it appends to.
    var wantsStreams: Bool { streamCount.load(ordering: .sequentiallyConsistent) > 0 }

    /// How many are woken by commits.
    package var followerCount: Int { count.load(ordering: .sequentiallyConsistent) }

    /// After a commit that made the journal longer.
    ///
    /// - Parameter streams: those that grew; nil: the write did not note them.
    func grew(_ streams: [StreamNumber]?) {
        guard followerCount > 0 else { return }
        let wakes = state.withLock { state in
            state.hasGrown = true
            if let streams { state.grown += streams } else { state.mayAnyHaveGrown = true }
            defer { state.isWaking = true }
            return !state.isWaking
        }
        guard wakes else { return }
        if let queue { queue.async { [self] in wakeAll() } } else { wakeAll() }
    }

    /// Until nothing has grown that was not told.
    private func wakeAll() {
        while true {
            let woken = state.withLock { $0.takeWoken() }
            guard let woken else { return }
            for follower in woken { follower.wake() }
        }
    }

    /// Begins to follow. What was committed before the follower's next read is read then; what comes later wakes it.
    package func follow(_ scope: Scope) -> Follower {
        let follower = state.withLock { state in
            state.nextNumber += 1
            let follower = Follower(number: state.nextNumber, scope: scope)
            switch scope {
            case .all: state.ofAll[follower.number] = follower
            case .stream(let stream): state.ofStreams[stream, default: [:]][follower.number] = follower
            case .nothing: state.ofNothing[follower.number] = follower
            }
            change(by: 1, scope)
            return follower
        }
        if isClosed { follower.wake() }
        return follower
    }

    /// Ends following; a second time does nothing.
    package func leave(_ follower: Follower) {
        state.withLock { state in
            let left: Follower?
            switch follower.scope {
            case .all: left = state.ofAll.removeValue(forKey: follower.number)
            case .stream(let stream):
                left = state.ofStreams[stream]?.removeValue(forKey: follower.number)
                if state.ofStreams[stream]?.isEmpty == true { state.ofStreams[stream] = nil }
            case .nothing: left = state.ofNothing.removeValue(forKey: follower.number)
            }
            if left != nil { change(by: -1, follower.scope) }
        }
    }

    private func change(by number: Int, _ scope: Scope) {
        switch scope {
        case .nothing: return
        case .all: break
        case .stream: streamCount.wrappingAdd(number, ordering: .sequentiallyConsistent)
        }
        count.wrappingAdd(number, ordering: .sequentiallyConsistent)
    }

    /// Whether nothing will come any more.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// The book is closed: all are woken for the last time.
    func close() {
        let all = state.withLock { state in
            state.isClosed = true
            return Array(state.ofAll.values) + state.ofStreams.values.flatMap(\.values)
                + Array(state.ofNothing.values)
        }
        for follower in all { follower.wake() }
    }

    /// One who follows: woken by the feed, or by another who has news for it.
    package final class Follower: Sendable {
        private struct State {
            var isWoken = false
            /// Whether the journal has grown since the last wait ended.
            var hasNews = false
            var waiting: [CheckedContinuation<Void, Never>] = []

            mutating func takeNews() -> Bool {
                defer { hasNews = false }
                return hasNews
            }
        }

        fileprivate let number: UInt64
        fileprivate let scope: Scope
        private let state = Mutex(State())

        fileprivate init(number: UInt64, scope: Scope) {
            self.number = number
            self.scope = scope
        }

        /// The journal has grown: wakes it now, or at its next wait.
        package func wake() { wake(isNews: true) }

        /// The same of something else than the journal.
        package func nudge() { wake(isNews: false) }

        private func wake(isNews: Bool) {
            let waiting = state.withLock { state in
                state.hasNews = state.hasNews || isNews
                guard !state.waiting.isEmpty else {
                    state.isWoken = true
                    return [CheckedContinuation<Void, Never>]()
                }
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        /// Whether the journal has grown since the last wait, without a wait; the wake is used up.
        package func takeWake() -> Bool {
            state.withLock { state in
                state.isWoken = false
                return state.takeNews()
            }
        }

        /// Whether a task waits for its next wake.
        package var isAwaited: Bool { state.withLock { !$0.waiting.isEmpty } }

        /// Waits for a wake since the last wait, or until its task is cancelled. Answers whether the journal has grown.
        @discardableResult
        package func wait() async -> Bool {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isOver = state.withLock { state in
                        if state.isWoken || Task.isCancelled {
                            state.isWoken = false
                            return true
                        }
                        state.waiting.append(continuation)
                        return false
                    }
                    if isOver { continuation.resume() }
                }
            } onCancel: {
                nudge()
            }
            return state.withLock { $0.takeNews() }
        }
    }
}

extension JournalFeed.State {
    /// Those to wake for what has grown; nil: nothing has since the last time.
    fileprivate mutating func takeWoken() -> [JournalFeed.Follower]? {
        guard hasGrown else {
            isWaking = false
            return nil
        }
        var woken = Array(ofAll.values)
        if mayAnyHaveGrown {
            woken += ofStreams.values.flatMap(\.values)
        } else if !ofStreams.isEmpty {
            for stream in Set(grown) {
                if let followers = ofStreams[stream] { woken += followers.values }
            }
        }
        grown = []
        (hasGrown, mayAnyHaveGrown) = (false, false)
        return woken
    }
}
