import WaybillBroker
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What a write fires beside its requests.
extension Writer {
    /// Lets time pass up to a request, where time passes; false: the write has fired enough.
    func pass(
        to end: Moment, _ firing: Rounds, _ attempt: inout Attempt, in transaction: borrowing Transaction
    ) throws -> Bool {
        switch firing {
        case .round: true
        case .asTimePasses: try fire(asTimePassesTo: end, &attempt, in: transaction)
        case .asHistoryPasses(_, let owns): try fire(of: owns, upTo: end, &attempt, in: transaction)
        }
    }

    /// From here on the write may fire what is due of orders up to a moment.
    func beginFiring(upTo horizon: Moment?, _ attempt: Attempt) {
        let horizon = held == nil ? horizon : nil
        begin(Firing(horizon: horizon, isBehind: isReached(attempt.nextDue.orders, by: horizon)), attempt)
    }

    /// The same, with what earlier attempts at this write have found out.
    func begin(_ firing: Firing, _ attempt: Attempt) {
        handler.begin(firing)
        handler.firing.failed = attempt.failedTimeouts
        handler.firing.flushesEach = attempt.flushesEach
    }

    func fireOrders(_ attempt: inout Attempt, in transaction: borrowing Transaction) throws {
        try handler.fireRound(limit: timeouts.settings.roundMax, in: transaction)
        handler.firing.current = nil
        attempt.fired += handler.firing.fired
    }

    func fireDeliveries(
        upTo horizon: Moment, _ attempt: inout Attempt, in transaction: borrowing Transaction
    ) throws {
        try timeouts.step(upTo: horizon, postponing: attempt.failedTimeouts, in: transaction) { key in
            if attempt.flushesEach { try flush(in: transaction) }
            attempt.current = .timeout(key)
            attempt.fired += 1
        }
        if attempt.flushesEach { try flush(in: transaction) }
        attempt.current = .nothing
        try broker.step(upTo: horizon, in: transaction)
    }

    /// Turns the clock of a virtual world to a moment, and on the way to everything that is due: it happens between the
    /// requests at its own moment, without a separate write. False: the write has fired enough, and time stands
    /// before the moment.
    func fire(
        asTimePassesTo end: Moment, _ attempt: inout Attempt, in transaction: borrowing Transaction
    ) throws -> Bool {
        // What was armed in this write is not known as due yet.
        if let armed = handler.earliestArmed, held == nil {
            attempt.nextDue.orders = earlier(armed, attempt.nextDue.orders)
        }
        handler.earliestArmed = nil
        while let due = earlier(attempt.nextDue.earliest, broker.nextDue), due <= end {
            guard attempt.fired < Self.firedMax else { return false }
            let before = attempt.fired
            // What came due while the file was closed happens now, and not in the past.
            world.virtualClock?.move(to: due)
            let now = world.now()
            beginFiring(upTo: now, attempt)
            try fireOrders(&attempt, in: transaction)
            try fireDeliveries(upTo: now, &attempt, in: transaction)
            handler.firing.horizon = nil
            handler.earliestArmed = nil
            if attempt.fired == before { attempt.fired += 1 }
            attempt.nextDue = try timeouts.nextDue(in: transaction).without(held: held)
        }
        world.virtualClock?.move(to: end)
        return true
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
