import WaybillCore
import WaybillStore

/// What the current write may fire of timeouts of orders and deadlines of calls, and what it has fired.
struct Firing {
    /// Most of them in one write.
    static let firedMax = 1_024

    /// Up to when they may fire; nil: none may.
    var horizon: Moment?
    /// Whether the time is that of a history: orders of others wait for the real clock, and fire nothing for it.
    let isOfHistory: Bool
    /// Whether something may be due that has not fired.
    var isBehind = false
    /// Those whose handling threw in an earlier attempt at this write, with what it threw: they are put off.
    var failed: [TimeoutKey: Text] = [:]
    /// Whether changed rows are written after each of them instead of once at the end.
    var flushesEach = false
    /// How many have fired, or were put off.
    var fired = 0
    /// What is being handled: to blame when the write is undone.
    var current: TimeoutKey?
    /// What was armed for a moment that has come, since the last one began to fire.
    var armed: [(order: StreamNumber, timeout: Order.PendingTimeout)] = []

    init(horizon: Moment?, isBehind: Bool = false) {
        self.horizon = horizon
        self.isBehind = isBehind && horizon != nil
        isOfHistory = false
    }

    /// At a moment of a history, for its orders only.
    init(historyAt moment: Moment) {
        horizon = moment
        isOfHistory = true
    }
}

/// How often orders fire at one moment: one that arms for a moment that has come what has just fired would fire for
/// ever.
///
/// Only memory knows: after the file is opened again it is counted anew, and what is parked stays so.
struct Bursts {
    /// Timeouts and deadlines that one order may fire at one moment.
    static let max = 1_000

    private struct Burst {
        var count: Int
        /// The last one has armed something that is due already.
        var goesOn: Bool
    }

    private var moment: Moment?
    private var bursts: [StreamNumber: Burst] = [:]

    /// Whether an order has fired as many at this moment as it may. Then it begins anew: the one that is parked for it
    /// does not keep others of the order from firing.
    mutating func isOver(_ order: StreamNumber, at now: Moment) -> Bool {
        if moment != now {
            moment = now
            bursts = bursts.filter { $0.value.goesOn }
        }
        guard let burst = bursts[order], burst.count >= Self.max else { return false }
        bursts[order] = nil
        return true
    }

    /// Counts one that has fired.
    ///
    /// - Parameter goesOn: whether it has armed something that is due already.
    mutating func add(_ order: StreamNumber, goesOn: Bool) {
        bursts[order] = Burst(count: (bursts[order]?.count ?? 0) + 1, goesOn: goesOn)
    }

    mutating func forget() { bursts.removeAll() }
}
