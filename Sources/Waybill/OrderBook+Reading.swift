public import WaybillCore
import WaybillEngine
public import WaybillStore

/// Why a list of orders was not read.
public enum ListFailure: Error, Sendable, CustomStringConvertible {
    /// What was asked for is refused: ``Refusal/badCursor`` is a token of another list.
    case refused(Refusal)
    /// The file cannot be read.
    case unreadable(StoreFailure)

    /// The reason by itself.
    package var reason: any Error {
        switch self {
        case .refused(let refusal): refusal
        case .unreadable(let failure): failure
        }
    }

    public var description: String { "\(reason)" }
}

/// Reading: each call is one short look at one committed state of the file. It waits on a thread of the engine, so that
/// a checkpoint or a crowd of readers keeps no other task waiting.
///
/// Where nothing can be awaited, the calls of the same names read on the caller's thread: in a script, in a virtual
/// world, in a closure of ``readTables(deadline:_:)``.
///
/// What they throw is a ``StoreFailure``: the book is closed, the disk cannot be read, or the file is damaged; its
/// `code` says which. A list also refuses a token of another list: ``ListFailure``.
extension OrderBook {
    /// An order now, or as it was at an event or a time; nil when there is, or was, none.
    public func order(_ id: OrderID, asOf moment: AsOf = .now) async throws(StoreFailure) -> OrderView? {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try order(id, asOf: moment) }
    }

    /// The events of an order after a version, at most 1,000; nil when there is no such order.
    public func history(
        of id: OrderID, after version: Int64 = 0, limit: Int = 1_000
    ) async throws(StoreFailure) -> [EventView]? {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try history(of: id, after: version, limit: limit)
        }
    }

    /// The same events in names and paths: what was asked, and what came of it.
    public func details(
        of id: OrderID, after version: Int64 = 0, limit: Int = 1_000
    ) async throws(StoreFailure) -> [EventDetail]? {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try details(of: id, after: version, limit: limit)
        }
    }

    /// The calls of an order, open and answered, the oldest first, at most 1,000; nil when there is no such order.
    public func calls(of id: OrderID) async throws(StoreFailure) -> [CallView]? {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try calls(of: id) }
    }

    /// One page of the calls of all orders that wait for an answer, the longest overdue first, at most 1,000.
    ///
    /// - Parameter last: where the last page ended; nil: from the first.
    public func openCalls(after last: OpenCallView? = nil, limit: Int = 100) async throws(StoreFailure)
        -> [OpenCallView]
    {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try openCalls(after: last, limit: limit) }
    }

    /// Whether an order is at rest: no pending timeout, no call open or unanswered, no child that is not at rest; nil
    /// when there is no such order.
    public func isAtRest(_ id: OrderID) async throws(StoreFailure) -> Bool? {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try isAtRest(id) }
    }

    /// Why an order did not move: its last 20 refusals, the newest first, up to an event's time or a time.
    public func refusals(of id: OrderID, asOf moment: AsOf = .now) async throws(StoreFailure) -> [RefusalView] {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try refusals(of: id, asOf: moment) }
    }

    /// One page of orders in the order in which they were placed, at most 1,000. A page may be short, even empty, while
    /// `next` says that there is more.
    ///
    /// - Parameter moment: which orders there were then, and how they were; the filter asks for what they were. No
    ///   index knows the past, so each order is folded from its events.
    /// - Throws: ``ListFailure``: a token of another list, an attribute that nothing is listed by, or a file that
    ///   cannot be read.
    public func orders(
        _ filter: OrderFilter = OrderFilter(), asOf moment: AsOf = .now, after token: PageToken? = nil,
        limit: Int = 100
    ) async throws(ListFailure) -> Page<OrderView> {
        try await engine.onThread { [self] (_) throws(ListFailure) in
            try orders(filter, asOf: moment, after: token, limit: limit)
        }
    }

    /// The level of a stock, or nil when there has never been any.
    public func stock(_ key: StockKey) async throws(StoreFailure) -> StockLevel? {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try stock(key) }
    }
}
