import WaybillCore
import WaybillStore
import WaybillTimeouts

/// A due timeout re-enters as an ordinary command, through the same handler.
extension CommandHandler {
    /// The owner of the kind `order`.
    func fire(
        _ timeout: DueTimeout, at now: Moment, retryAt: Moment?, in transaction: borrowing Transaction
    ) throws {
        let name = TimeoutName(timeout.key.name)
        guard let entry = try load(StreamNumber(timeout.key.owner), in: transaction) else {
            throw EngineFailure.damaged(
                "the timeout \(name) belongs to order number \(timeout.key.owner), which is not there")
        }
        switch try decide(
            on: entry, in: transaction,
            { workflow, order, facts throws(Refusal) in
                try workflow.decideTimeout(name, on: order, at: now, asking: facts)
            })
        {
        case .failure(let refusal):
            // A rule of the workflow forbids what the timeout would do: shown, tried again, parked in the end.
            try transaction.postpone(timeout, until: retryAt, error: Text(refusal.message))
            let command = Command(order: entry.order.id, name: "$timeout")
            try note(refusal, of: command, number: entry.order.number, at: now, in: transaction)
        case .success(let decision):
            guard try transaction.delete(timeout.key) else { return }
            var body = EventBody()
            body.timeout = name
            var header = EventHeader(type: "$timeout", at: now)
            header.lane = entry.order.lane
            _ = try append(decision, body: body, header: header, on: entry, fired: name, in: transaction)
        }
    }

    /// Fires what is overdue for an order before a command on it: after a pause of the process, or with many due at
    /// once, a command must not overtake the timeout that came before it. One whose handling was refused waits its
    /// back-off.
    func fireOverdue(
        of entry: OrderLedger.Entry, at now: Moment, in transaction: borrowing Transaction
    ) throws {
        guard let horizon else { return }
        var tried: Set<TimeoutName> = []
        while let timeout = entry.order.timeouts
            .filter({ $0.due <= horizon && !tried.contains($0.name) }).min(by: { $0.due < $1.due })
        {
            tried.insert(timeout.name)
            let key = entry.order.key(of: timeout)
            guard try transaction.isWaiting(key) else { continue }
            try fire(DueTimeout(key: key, attempt: 0), at: now, retryAt: now.advanced(by: .seconds(1)), in: transaction)
        }
    }

    /// Moves a pending timeout of an order, or cancels it (`due` nil), from outside its workflow.
    func reschedule(
        _ name: TimeoutName, of id: OrderID, to due: (Moment) -> Moment?, caller: Text, at now: Moment,
        in transaction: borrowing Transaction
    ) throws -> Answer {
        guard let entry = try load(id, in: transaction) else { return .refused(.unknownOrder(id)) }
        try fireOverdue(of: entry, at: now, in: transaction)
        guard let pending = entry.order.timeouts.first(where: { $0.name == name }) else {
            return .refused(try whyNotPending(name, of: entry, at: now, in: transaction))
        }
        let next = due(pending.due)
        let decided = Result { () throws(Refusal) in
            try entry.workflow.workflow.decideReschedule(name, to: next, on: entry.order)
        }
        switch decided {
        case .failure(let refusal):
            return .refused(refusal)
        case .success(let decision):
            var body = EventBody()
            body.timeout = name
            var header = EventHeader(type: next == nil ? "$cancel" : "$reschedule", at: now)
            header.caller = caller
            header.lane = entry.order.lane
            return try append(decision, body: body, header: header, on: entry, in: transaction)
        }
    }

    /// How far back a cancel that comes too late is told so: events looked at, and time.
    private static var lookBack: (events: Int, time: Interval) { (100, .hours(24)) }

    /// Whether a timeout that is not pending fired within the last day.
    private func whyNotPending(
        _ name: TimeoutName, of entry: OrderLedger.Entry, at now: Moment, in transaction: borrowing Transaction
    ) throws -> Refusal {
        let order = entry.order
        let events = try transaction.events(
            of: order.number, fromVersion: max(1, order.version - Int64(Self.lookBack.events) + 1),
            limit: Self.lookBack.events)
        let workflow = entry.workflow.workflow
        for event in events.reversed() where event.type == "$timeout" && now.since(event.at) <= Self.lookBack.time {
            if try event.orderBody(under: workflow).timeout == name { return .timeoutFired(name, at: event.at) }
        }
        return .unknownTimeout("\(name) is not pending for order \(order.id)")
    }
}
