import Synchronization
import Waybill
import WaybillAccess
package import WaybillCore
import WaybillEngine

/// What an operation goes on to tell after its answer has begun, item after item as it comes. Between two items it is a
/// suspended task: it holds neither a thread nor events.
///
/// ```
/// next ──► over? ──► reads what there is ──► items
///            │             │ nothing
///            ▼             ▼
///        bye, end     waits for: a commit │ a look │ the end of server, token or client
/// ```
package final class EventStream: Sendable {
    /// One item.
    package struct Item: Hashable, Sendable {
        /// `event`, `order`, `vitals`, `progress`, `gap`, `bye` or `end`; nil: it only says how far the stream is.
        package let name: String?
        /// From where the stream goes on after it; nil: from where it went on before.
        package let id: Text?
        /// One JSON value; empty: none.
        package let data: [UInt8]
        /// Whether it is for operators only.
        let isAct: Bool

        init(_ name: String?, id: Text? = nil, data: [UInt8] = Array("{}".utf8), isAct: Bool = false) {
            self.name = name
            self.id = id
            self.data = data
            self.isAct = isAct
        }

        init(_ name: String, id: Text? = nil, isAct: Bool = false, _ write: (inout JSONWriter) -> Void) {
            var writer = JSONWriter()
            write(&writer)
            self.init(name, id: id, data: writer.bytes, isAct: isAct)
        }

        static func position(_ position: Position) -> Item { Item(nil, id: Text(position.text), data: []) }
    }

    /// What a source has to tell now.
    struct News: Sendable {
        var items: [Item] = []
        /// Whether there is more to read at once.
        var hasMore = false
        /// Whether nothing can come after these.
        var isOver = false
    }

    /// Why it ends before its source does.
    package enum End: Sendable {
        /// The server stops: the client comes again.
        case stopping
        /// Its token opens nothing any more.
        case forbidden
        /// The client has gone.
        case gone
    }

    private struct State {
        var end: End?
        var isClosed = false
        var isOver = false
        /// Whether the source may have news.
        var needsRead = true
        /// Whether someone has looked since the last answer.
        var wasLookedAt = false
    }

    /// How often it tells at most, by looks; nil: as soon as there is something.
    package let pace: Interval?
    let token: Text?
    private let served: Served
    private let feed: JournalFeed
    private let follower: JournalFeed.Follower
    private let source: @Sendable () async throws -> News
    private let state = Mutex(State())

    /// - Parameters:
    ///   - scope: which commits wake it.
    ///   - source: reads what has come since the last call; one call at a time.
    /// - Throws: when as many streams are open as may be.
    init(
        _ call: Call, _ scope: JournalFeed.Scope, pace: Interval? = nil,
        source: @escaping @Sendable () async throws -> News
    ) throws(Problem) {
        served = call.served
        feed = call.book.book.engine.feed
        token = call.principal.token
        self.pace = pace
        self.source = source
        follower = feed.follow(scope)
        try served.streams.add(self, of: call.principal)
    }

    deinit { close() }

    /// Waits for what comes next. Empty: nothing, but someone has looked. Nil: it is over.
    package func next() async -> [Item]? {
        while true {
            let (end, reads, wasLookedAt) = state.withLock { state in
                let wasLookedAt = state.wasLookedAt
                let reads = state.needsRead || pace != nil && wasLookedAt
                (state.wasLookedAt, state.needsRead) = (false, false)
                return (state.isOver ? End.gone : state.end, reads, wasLookedAt)
            }
            if Task.isCancelled { return leave(.gone) }
            if let end { return leave(end) }
            if feed.isClosed { return leave(.stopping) }
            if reads {
                if let items = await read() { return items }
                if state.withLock({ $0.needsRead }) { continue }
            }
            if wasLookedAt { return [] }
            if await follower.wait() { state.withLock { $0.needsRead = true } }
        }
    }

    /// Nil: nothing has come.
    private func read() async -> [Item]? {
        do {
            let news = try await source()
            state.withLock { state in
                state.needsRead = news.hasMore
                if news.isOver { state.isOver = true }
            }
            return news.isOver ? news.items + [Item("end")] : news.items.isEmpty ? nil : news.items
        } catch {
            // The client comes again, and is told what is wrong.
            state.withLock { $0.end = $0.end ?? .gone }
            return nil
        }
    }

    private func leave(_ end: End) -> [Item]? {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver
        }
        switch end {
        case .stopping: return isFirst ? [Item("bye")] : nil
        case .forbidden, .gone: return nil
        }
    }

    /// Ends it; what was said first counts.
    package func end(_ end: End) {
        state.withLock { $0.end = $0.end ?? end }
        follower.nudge()
    }

    /// Ends it when its token opens nothing any more.
    package func checkToken() {
        if let token, !served.tokens.stands(token, at: served.book.now) { end(.forbidden) }
    }

    /// Lets ``next()`` return, with what one with a pace has to tell by now.
    package func look() {
        state.withLock { $0.wasLookedAt = true }
        follower.nudge()
    }

    /// Whether a task waits for what comes next.
    package var isAwaited: Bool { follower.isAwaited }

    /// Whether it is to end.
    package var isEnding: Bool { state.withLock { $0.end != nil } }

    /// Nothing of it is written from now on.
    package func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        feed.leave(follower)
        served.streams.remove(self)
    }
}
