import WaybillBroker
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What a write fires beside its requests.
extension Writer {
    /// Which timeouts a write fires beside its requests.
    enum FiringScope {
        /// One round of those that are due up to a moment: timeouts of orders before the requests, the rest after
        /// them. Nil: none may fire. `rests`: there is no round, because nothing is due, or because timeouts rest after
        /// an undone write; a request still fires what must come before it.
        case round(upTo: Moment?, rests: Bool = false)
        /// In a virtual world: before each request what has become due until then, and what becomes due until an end,
        /// each at its own moment, to which the clock is turned. With many due the write ends early.
        case asTimePasses(to: Moment?)
        /// The same for the orders of a history, whose time is not that of the file.
        case asHistoryPasses(to: Moment?, @Sendable (OrderID) -> Bool)
    }

    /// Whether a write without requests has something to fire.
    func isDue(by horizon: Moment?) -> Bool {
        stopped == nil && !isPaused && isReached(nextDue, by: horizon)
    }

    /// From here on the write may fire what is due of orders up to a moment.
    func beginFiring(upTo horizon: Moment?, _ attempt: WriteAttempt, in write: inout Write) {
        let horizon = held == nil ? horizon : nil
        let firing = Firing(horizon: horizon, isBehind: isReached(attempt.nextDue.orders, by: horizon))
        begin(firing, attempt, in: &write)
    }

    /// The same, with what earlier attempts at this write have found out.
    func begin(_ firing: Firing, _ attempt: WriteAttempt, in write: inout Write) {
        handler.begin(firing, in: &write)
        write.firing.failed = attempt.culprits.timeouts
        write.firing.flushesEach = attempt.culprits.flushesEach
    }

    func fireOrders(_ attempt: inout WriteAttempt, in write: inout Write) throws {
        try handler.fireOldest(limit: timeouts.settings.roundMax, in: &write)
        write.firing.current = nil
        attempt.fired += write.firing.fired
    }

    func fireDeliveries(upTo horizon: Moment, _ attempt: inout WriteAttempt, in write: inout Write) throws {
        write.now = horizon
        try timeouts.step(postponing: attempt.culprits.timeouts, in: write) { timeout in
            let key = timeout.key
            if attempt.culprits.flushesEach { try flush(in: write) }
            attempt.current = .timeout(key)
            attempt.fired += 1
            // One that is put off has not fired, and one that is tried again was late the first time only.
            if attempt.culprits.timeouts[key] == nil, timeout.attempt == 0 {
                attempt.lateOfMessages.append(Lateness(key.kind, horizon.since(key.due)))
            }
        }
        if attempt.culprits.flushesEach { try flush(in: write) }
        attempt.current = .nothing
        try broker.endLeases(in: write)
    }
}

extension NextDue {
    var earliest: Moment? { earlier(orders, deliveries) }

    /// What is held is not due.
    func without(held: HeldTimeouts?) -> NextDue {
        var next = self
        if held != nil { next.orders = nil }
        return next
    }
}

func isReached(_ due: Moment?, by horizon: Moment?) -> Bool {
    guard let due, let horizon else { return false }
    return due <= horizon
}

func earlier(_ one: Moment?, _ other: Moment?) -> Moment? {
    guard let one, let other else { return one ?? other }
    return min(one, other)
}
