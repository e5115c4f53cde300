import WaybillBroker
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What a write fires beside its requests.
extension Writer {
    /// Lets time pass up to a request, where time passes; false: the write has fired enough.
    func pass(to end: Moment, _ firing: Rounds, _ attempt: inout Attempt, in write: inout Write) throws -> Bool {
        switch firing {
        case .round: true
        case .asTimePasses: try fire(asTimePassesTo: end, &attempt, in: &write)
        case .asHistoryPasses(_, let owns): try fire(of: owns, upTo: end, &attempt, in: &write)
        }
    }

    /// From here on the write may fire what is due of orders up to a moment.
    func beginFiring(upTo horizon: Moment?, _ attempt: Attempt, in write: inout Write) {
        let horizon = held == nil ? horizon : nil
        let firing = Firing(horizon: horizon, isBehind: isReached(attempt.nextDue.orders, by: horizon))
        begin(firing, attempt, in: &write)
    }

    /// The same, with what earlier attempts at this write have found out.
    func begin(_ firing: Firing, _ attempt: Attempt, in write: inout Write) {
        handler.begin(firing, in: &write)
        write.firing.failed = attempt.failedTimeouts
        write.firing.flushesEach = attempt.flushesEach
    }

    func fireOrders(_ attempt: inout Attempt, in write: inout Write) throws {
        try handler.fireRound(limit: timeouts.settings.roundMax, in: &write)
        write.firing.current = nil
        attempt.fired += write.firing.fired
    }

    func fireDeliveries(upTo horizon: Moment, _ attempt: inout Attempt, in write: inout Write) throws {
        write.now = horizon
        try timeouts.step(postponing: attempt.failedTimeouts, in: write) { key in
            if attempt.flushesEach { try flush(in: write) }
            attempt.current = .timeout(key)
            attempt.fired += 1
        }
        if attempt.flushesEach { try flush(in: write) }
        attempt.current = .nothing
        try broker.step(in: write)
    }

    /// Turns the clock of a virtual world to a moment, and on the way to everything that is due: it happens between the
    /// requests at its own moment, without a separate write. False: the write has fired enough, and time stands
    /// before the moment.
    func fire(asTimePassesTo end: Moment, _ attempt: inout Attempt, in write: inout Write) throws -> Bool {
        // What was armed in this write is not known as due yet.
        if let armed = write.earliestArmed, held == nil {
            attempt.nextDue.orders = earlier(armed, attempt.nextDue.orders)
        }
        write.earliestArmed = nil
        while let due = earlier(attempt.nextDue.earliest, broker.nextDue), due <= end {
            guard attempt.fired < Self.firedMax else { return false }
            let before = attempt.fired
            // What came due while the file was closed happens now, and not in the past.
            world.virtualClock?.move(to: due)
            let now = world.now()
            beginFiring(upTo: now, attempt, in: &write)
            try fireOrders(&attempt, in: &write)
            try fireDeliveries(upTo: now, &attempt, in: &write)
            write.firing.horizon = nil
            write.earliestArmed = nil
            if attempt.fired == before { attempt.fired += 1 }
            attempt.nextDue = try timeouts.nextDue(in: write.transaction).without(held: held)
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
