public import WaybillCore
import WaybillEngine

/// Why nothing moves, across all orders.
extension OrderBook {
    /// A command that this process has refused.
    public struct RecentRefusal: Hashable, Sendable {
        public var at: Moment
        public var order: OrderID
        public var caller: String
        /// The stable code of the ``Refusal``.
        public var code: String
        public var message: String
        /// Whether it was refused without a write: then its order does not list it.
        public var isAtDoor: Bool
    }

    /// The last refusals of commands and of changes of timeouts, the newest first: of the last 1,000 since the file was
    /// opened. Those of one order, also from before, lists ``OrderBook/refusals(of:asOf:)``.
    ///
    /// - Parameters:
    ///   - code: only refusals with this code; nil: all.
    ///   - limit: how many at most.
    public func recentRefusals(code: String? = nil, limit: Int = 100) -> [RecentRefusal] {
        let seen = engine.counts.recentRefusals.filter { seen in code.map { seen.reply.code == $0 } ?? true }
        return seen.prefix(max(0, limit)).map { seen in
            RecentRefusal(
                at: seen.at, order: seen.order, caller: seen.caller.string, code: seen.reply.code,
                message: seen.reply.sentence, isAtDoor: seen.place == .door)
        }
    }
}
