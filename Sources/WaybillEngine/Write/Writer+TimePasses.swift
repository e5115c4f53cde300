import WaybillBroker
import WaybillCore
import WaybillTimeouts

/// Time that passes within a write: what becomes due between two requests happens at its own moment.
extension Writer {
    /// Timeouts, give or take a round, in one write of a virtual world: it holds what it changes in memory.
    static let momentFiredMax = 512

    /// Lets time pass up to a request, where time passes; false: the write has fired enough.
    func pass(to end: Moment, _ firing: FiringScope, _ attempt: inout WriteAttempt, in write: inout Write) throws
        -> Bool
    {
        switch firing {
        case .round: true
        case .asTimePasses: try passTime(to: end, &attempt, in: &write)
        case .asHistoryPasses(_, let owns): try fire(of: owns, upTo: end, &attempt, in: &write)
        }
    }

    /// Turns the clock of a virtual world to a moment, and on the way to everything that is due: it happens between the
    /// requests at its own moment, without a separate write. False: the write has fired enough, and time stands
    /// before the moment.
    func passTime(to end: Moment, _ attempt: inout WriteAttempt, in write: inout Write) throws -> Bool {
        // What was armed in this write is not known as due yet.
        if let armed = write.earliestArmed, held == nil {
            attempt.nextDue.orders = earlier(armed, attempt.nextDue.orders)
        }
        write.earliestArmed = nil
        while let due = earlier(attempt.nextDue.earliest, broker.nextDue), due <= end {
            guard attempt.fired < Self.momentFiredMax else { return false }
            let before = attempt.fired
            // What came due while the file was closed happens now, and not in the past.
            world.virtualClock?.move(to: due)
            let now = world.now()
            beginFiring(upTo: now, attempt, in: &write)
            try fireOrders(&attempt, in: &write)
            try fireDeliveries(upTo: now, &attempt, in: &write)
            write.firing.horizon = nil
            write.earliestArmed = nil
            let hasFired = attempt.fired > before
            if !hasFired { attempt.fired += 1 }
            attempt.nextDue = try timeouts.nextDue(in: write.transaction).without(held: held)
            // Time would never stop to pass.
            guard hasFired || attempt.nextDue.earliest != due else {
                throw EngineFailure.damaged("a timeout is due at \(due.iso8601), and none is found that is")
            }
        }
        world.virtualClock?.move(to: end)
        return true
    }
}
