package import WaybillCore
package import WaybillStore

/// What the current write may fire of timeouts of orders and deadlines of calls, and what it has fired.
package struct Firing {
    /// Most of them in one write.
    package static let firedMax = 1_024

    /// Up to when they may fire; nil: none may.
    package var horizon: Moment?
    /// Whether the time is that of a history: orders of others wait for the real clock, and fire nothing for it.
    package let isOfHistory: Bool
    /// Whether something may be due that has not fired.
    package var isBehind = false
    /// Those whose handling threw in an earlier attempt at this write, with what it threw: they are put off.
    package var failed: [TimeoutKey: Text] = [:]
    /// Whether changed rows are written after each of them instead of once at the end.
    package var flushesEach = false
    /// How many have fired, or were put off.
    package var fired = 0
    /// What is being handled: to blame when the write is undone.
    package var current: TimeoutKey?
    /// What was armed for a moment that has come, since the last one began to fire.
    package var armed: [(order: StreamNumber, timeout: Order.PendingTimeout)] = []

    package init(horizon: Moment?, isBehind: Bool = false) {
        self.horizon = horizon
        self.isBehind = isBehind && horizon != nil
        isOfHistory = false
    }

    /// At a moment of a history, for its orders only.
    package init(historyAt moment: Moment) {
        horizon = moment
        isOfHistory = true
    }
}
