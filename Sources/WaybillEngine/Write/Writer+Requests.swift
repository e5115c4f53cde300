import WaybillBroker
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What one write does, in its order.
extension Writer {
    /// One request with the moment at which it happens.
    struct Timed {
        var request: any Request
        var at: Moment
    }

    /// Old answers to repeated requests that one write may delete at least.
    private static let droppedMin = 500

    /// One attempt: what is due of orders, the requests, what is due of messages, and the rows that changed.
    func perform(_ requests: [Timed], firing: FiringScope, _ attempt: inout WriteAttempt, in write: inout Write) throws
    {
        var horizon: Moment?
        switch firing {
        case .round(let moment, let rests):
            beginFiring(upTo: moment, attempt, in: &write)
            if !rests { horizon = moment }
            if horizon != nil { try fireOrders(&attempt, in: &write) }
        case .asTimePasses, .asHistoryPasses: beginFiring(upTo: nil, attempt, in: &write)
        }
        try handle(requests, firing: firing, &attempt, in: &write)
        attempt.current = .nothing
        if let horizon { try fireDeliveries(upTo: horizon, &attempt, in: &write) }
        switch firing {
        case .round, .asTimePasses(nil), .asHistoryPasses(nil, _): break
        case .asTimePasses(let end?), .asHistoryPasses(let end?, _):
            attempt.hasFiredAll = try pass(to: end, firing, &attempt, in: &write)
        }
        try flush(in: write)
        // Twice as many leave as came in: the table cannot grow for ever, and no write is long because of it.
        if deletesByAge {
            try write.transaction.dropOldCommands(at: world.now(), limit: max(Self.droppedMin, 2 * requests.count))
        }
        try keepOpeningHold(in: write)
        attempt.nextDue = try timeouts.nextDue(in: write.transaction).without(held: held)
        announce(attempt.nextDue)
    }

    /// Before the commit: tells those who refuse without a write of a timeout that is due before all others, or is the
    /// only one.
    func announce(_ next: NextDue) {
        guard let due = next.orders, nextTimeout.orders.map({ due < $0 }) ?? true else { return }
        handler.stock.board.expect(due)
    }

    private func handle(
        _ requests: [Timed], firing: FiringScope, _ attempt: inout WriteAttempt, in write: inout Write
    ) throws {
        attempt.isAnswered.reserveCapacity(requests.count)
        for (index, timed) in requests.enumerated() {
            guard try pass(to: timed.at, firing, &attempt, in: &write) else { return }
            if attempt.kept.holdsBack(timed.request) {
                attempt.kept.keep(timed.request)
                attempt.isAnswered.append(false)
                continue
            }
            if let refusal = attempt.culprits.requests[index] {
                timed.request.refuse(refusal)
                attempt.isAnswered.append(true)
                continue
            }
            attempt.current = .request(index)
            write.now = timed.at
            let isAnswered = try timed.request.perform(by: self, in: &write)
            if !isAnswered { attempt.kept.keep(timed.request) }
            attempt.isAnswered.append(isAnswered)
            if attempt.culprits.flushesEach { try flush(in: write) }
        }
    }

    /// Writes down what changed in memory only.
    func flush(in write: borrowing Write) throws {
        try handler.flush(in: write)
        try broker.flush(in: write)
        try handler.audit(broker.popAudits(), in: write)
    }
}
