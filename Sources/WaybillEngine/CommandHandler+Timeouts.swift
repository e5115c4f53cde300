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
            if timeout.attempt == 0 { lateness.append(now.since(timeout.key.due)) }
            let body = EventBody(of: name)
            var header = EventHeader(type: "$timeout", at: now)
            header.lane = entry.order.lane
            header.cause = timeout.cause
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
            guard let waiting = try transaction.waiting(key) else { continue }
            try fire(waiting, at: now, retryAt: now.advanced(by: .seconds(1)), in: transaction)
        }
    }

    /// Moves a pending timeout of an order, or cancels it, from outside its workflow.
    func handle(_ command: TimeoutCommand, at now: Moment, in transaction: borrowing Transaction) throws -> Answer {
        let asked = command.asCommand
        if let refusal = asked.boundCrossed(isOwnEvent: true) { return .refused(refusal) }
        let fingerprint = asked.fingerprint
        if let answer = try remembered(asked, fingerprint: fingerprint, at: now, in: transaction) { return answer }
        guard let entry = try load(command.order, in: transaction) else {
            return .refused(.unknownOrder(command.order))
        }
        try fireOverdue(of: entry, at: now, in: transaction)
        let answer = try change(command, asked, of: entry, at: now, in: transaction)
        let number = entry.order.number
        if case .refused(let refusal) = answer {
            try note(refusal, of: asked, number: number, at: now, in: transaction)
        }
        try remember(answer, of: asked, fingerprint: fingerprint, number: number, at: now, in: transaction)
        return answer
    }

    private func change(
        _ command: TimeoutCommand, _ asked: Command, of entry: OrderLedger.Entry, at now: Moment,
        in transaction: borrowing Transaction
    ) throws -> Answer {
        guard let pending = entry.order.timeouts.first(where: { $0.name == command.name }) else {
            return .refused(try whyNotPending(command.name, of: entry, at: now, in: transaction))
        }
        let decided = Result { () throws(Refusal) in
            try entry.workflow.workflow.decideReschedule(
                command.name, to: command.newDue(from: pending.due, at: now), on: entry.order)
        }
        switch decided {
        case .failure(let refusal):
            return .refused(refusal)
        case .success(let decision):
            let body = EventBody(of: command.name)
            var header = EventHeader(type: asked.name, at: now)
            header.caller = command.caller
            header.key = command.key
            header.lane = entry.order.lane
            return try append(decision, body: body, header: header, on: entry, in: transaction)
        }
    }

    /// For how long a cancel that comes too late is told so, and how many events are looked at in one go.
    private static var lookBack: (time: Interval, events: Int64) { (.hours(24), 100) }

    /// Whether a timeout that is not pending fired within the last day.
    private func whyNotPending(
        _ name: TimeoutName, of entry: OrderLedger.Entry, at now: Moment, in transaction: borrowing Transaction
    ) throws -> Refusal {
        var last = entry.order.version
        while last > 0 {
            let first = max(1, last - Self.lookBack.events + 1)
            let events = try transaction.events(
                of: entry.order.number, fromVersion: first, limit: Int(last - first + 1))
            for event in events.reversed() {
                guard now.since(event.at) <= Self.lookBack.time else {
                    return .unknownTimeout("\(name) is not pending for order \(entry.order.id)")
                }
                guard event.type == "$timeout" else { continue }
                if try event.orderBody(under: entry.workflow.workflow).timeout == name {
                    return .timeoutFired(name, at: event.at)
                }
            }
            last = first - 1
        }
        return .unknownTimeout("\(name) is not pending for order \(entry.order.id)")
    }
}
