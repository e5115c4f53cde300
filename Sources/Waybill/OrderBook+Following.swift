public import WaybillCore
import WaybillEngine
public import WaybillStore

/// Following: events as they come, each once and in order, woken by the commit that wrote them.
extension OrderBook {
    /// The events of the whole journal after a position, and then those that come, until the loop ends, its task is
    /// cancelled or the book is closed.
    ///
    /// ```swift
    /// for try await event in book.events(after: last) {
    ///     try await index.update(event)
    ///     last = event.position
    /// }
    /// ```
    /// A loop that takes its time costs no memory: it reads the file after its own position. One that keeps the
    /// position of the last event goes on after a restart without a gap.
    ///
    /// - Parameter position: where the last event was that is known already; nil: only what comes from now on.
    public func events(after position: Position? = nil) -> JournalEvents {
        JournalEvents(book: self, position: position ?? engine.lastPosition)
    }

    /// The events of an order after a position of the journal, and then those that come. The loop ends by itself when
    /// the order is finished and nothing more can happen to it, and at once when there is no such order.
    ///
    /// - Parameter position: where the last event was that is known already; nil: from the first.
    public func events(of order: OrderID, after position: Position? = nil) -> OrderEvents {
        OrderEvents(book: self, order: order, position: position)
    }

    /// The events of the journal as they come; see ``events(after:)``.
    public struct JournalEvents: AsyncSequence, Sendable {
        public typealias Element = JournalEvent
        public typealias Failure = StoreFailure

        let book: OrderBook
        let position: Position

        public func makeAsyncIterator() -> Iterator { Iterator(self) }

        /// Where one loop is.
        public struct Iterator: AsyncIteratorProtocol {
            private let book: OrderBook
            private let following: Following
            private var position: Position
            /// What has been read and not handed out yet, the next one last.
            private var ahead: [JournalEvent] = []

            fileprivate init(_ events: JournalEvents) {
                book = events.book
                position = events.position
                following = Following(.all, in: events.book)
            }

            public mutating func next() async throws(StoreFailure) -> JournalEvent? {
                while !following.isOver {
                    if let event = ahead.popLast() { return event }
                    let page = try await Following.reading(book) { [book, position] () throws(StoreFailure) in
                        try book.journal(following: position, limit: Following.pageMax)
                    }
                    guard let page else { return nil }
                    if let last = page.last {
                        position = last.position
                        ahead = page.reversed()
                    } else {
                        await following.wait()
                    }
                }
                return nil
            }
        }
    }

    /// The events of one order as they come; see ``events(of:after:)``.
    public struct OrderEvents: AsyncSequence, Sendable {
        public typealias Element = EventDetail
        public typealias Failure = StoreFailure

        let book: OrderBook
        let order: OrderID
        let position: Position?

        public func makeAsyncIterator() -> Iterator { Iterator(self) }

        /// Where one loop is.
        public struct Iterator: AsyncIteratorProtocol {
            private let book: OrderBook
            private let order: OrderID
            private let position: Position?
            /// Nil: the first read has not been.
            private var following: Following?
            private var version: Int64 = 0
            private var ahead: [EventDetail] = []

            fileprivate init(_ events: OrderEvents) {
                (book, order, position) = (events.book, events.order, events.position)
            }

            public mutating func next() async throws(StoreFailure) -> EventDetail? {
                guard let following = try await begin() else { return nil }
                while !following.isOver {
                    if let event = ahead.popLast() { return event }
                    let page = try await Following.reading(book) { [book, order, version] () throws(StoreFailure) in
                        try book.details(of: order, following: version, limit: Following.pageMax)
                    }
                    guard let page else { return nil }
                    if let last = page.events.last {
                        version = last.version
                        ahead = page.events.reversed()
                    } else if page.isEnd {
                        return nil
                    } else {
                        await following.wait()
                    }
                }
                return nil
            }

            /// Nil: there is no such order.
            private mutating func begin() async throws(StoreFailure) -> Following? {
                if let following { return following }
                let found = try await Following.reading(book) { [book, order, position] () throws(StoreFailure) in
                    try book.place(in: order, at: position)
                }
                guard let found = found ?? nil else { return nil }
                let made = Following(.stream(found.stream), in: book)
                (following, version) = (made, found.version)
                return made
            }
        }
    }
}

/// One loop that follows, as long as its iterator lives.
private final class Following: Sendable {
    /// Events that are read at a time, and held by one loop at most.
    static let pageMax = 100

    private let engine: Engine
    private let follower: JournalFeed.Follower

    init(_ scope: JournalFeed.Scope, in book: OrderBook) {
        engine = book.engine
        follower = engine.feed.follow(scope)
    }

    deinit { engine.feed.leave(follower) }

    /// Whether the loop is to end: its task is cancelled, or the book is closed.
    var isOver: Bool { Task.isCancelled || engine.feed.isClosed }

    func wait() async { await follower.wait() }

    /// Reads on a thread that may wait; nil: the book is closed.
    static func reading<Result>(
        _ book: OrderBook, _ body: () throws(StoreFailure) -> Result
    ) async throws(StoreFailure) -> Result? {
        do throws(StoreFailure) {
            return try await book.engine.onThread { (_) throws(StoreFailure) in try body() }
        } catch {
            if book.engine.feed.isClosed { return nil }
            throw error
        }
    }
}
