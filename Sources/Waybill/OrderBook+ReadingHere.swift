public import WaybillCore
import WaybillEngine
public import WaybillStore

/// The same reads for scripts and virtual worlds, and for closures that can await nothing: the caller's thread waits.
extension OrderBook {
    /// An order now, or as it was at an event or a time; nil when there is, or was, none.
    public func order(_ id: OrderID, asOf moment: AsOf = .now) throws(StoreFailure) -> OrderView? {
        try reading { try engine.order(id, asOf: moment) }
    }

    /// The events of an order after a version, at most 1,000; nil when there is no such order.
    public func history(of id: OrderID, after version: Int64 = 0, limit: Int = 1_000) throws(StoreFailure)
        -> [EventView]?
    {
        try reading { try engine.history(of: id, after: version, limit: limit) }
    }

    /// The same events in names and paths: what was asked, and what came of it.
    public func details(of id: OrderID, after version: Int64 = 0, limit: Int = 1_000) throws(StoreFailure)
        -> [EventDetail]?
    {
        try reading {
            guard let (workflow, events) = try engine.recordedEvents(of: id, after: version, limit: limit) else {
                return nil
            }
            return try events.map { event in
                do throws(JSONProblem) {
                    return try EventDetail(event, of: id, under: workflow)
                } catch {
                    throw EngineFailure.damaged(
                        "event \(event.view.position.number), byte \(error.offset): \(error.message)")
                }
            }
        }
    }

    /// The calls of an order, open and answered, the oldest first, at most 1,000; nil when there is no such order.
    public func calls(of id: OrderID) throws(StoreFailure) -> [CallView]? { try reading { try engine.calls(of: id) } }

    /// One page of the calls of all orders that wait for an answer, the longest overdue first, at most 1,000.
    ///
    /// - Parameter last: where the last page ended; nil: from the first.
    public func openCalls(after last: OpenCallView? = nil, limit: Int = 100) throws(StoreFailure) -> [OpenCallView] {
        try reading { try engine.openCalls(after: last, limit: limit) }
    }

    /// Whether an order is at rest: no pending timeout, no call open or unanswered, no child that is not at rest; nil
    /// when there is no such order.
    public func isAtRest(_ id: OrderID) throws(StoreFailure) -> Bool? { try reading { try engine.isAtRest(id) } }

    /// Why an order did not move: its last 20 refusals, the newest first, up to an event's time or a time.
    public func refusals(of id: OrderID, asOf moment: AsOf = .now) throws(StoreFailure) -> [RefusalView] {
        try reading { try engine.refusals(of: id, asOf: moment) }
    }

    /// One page of orders in the order in which they were placed, at most 1,000. A page may be short, even empty, while
    /// `next` says that there is more.
    ///
    /// - Parameter moment: which orders there were then, and how they were; the filter asks for what they were. No
    ///   index knows the past, so each order is folded from its events.
    /// - Throws: ``ListFailure``, as above.
    public func orders(
        _ filter: OrderFilter = OrderFilter(), asOf moment: AsOf = .now, after token: PageToken? = nil,
        limit: Int = 100
    ) throws(ListFailure) -> Page<OrderView> {
        do {
            return try engine.orders(filter, asOf: moment, after: token, limit: limit)
        } catch let refusal as Refusal {
            throw .refused(refusal)
        } catch let failure as StoreFailure {
            throw .unreadable(failure)
        } catch {
            throw .unreadable(StoreFailure(.damaged, "\(error)"))
        }
    }

    /// The level of a stock, or nil when there has never been any.
    public func stock(_ key: StockKey) throws(StoreFailure) -> StockLevel? { try reading { try engine.stock(key) } }

    /// Runs a read. A file that contradicts itself is damaged, whichever part of the code finds out.
    func reading<Result>(_ body: () throws -> Result) throws(StoreFailure) -> Result {
        do {
            return try body()
        } catch let failure as StoreFailure {
            throw failure
        } catch {
            throw StoreFailure(.damaged, "\(error)")
        }
    }
}
