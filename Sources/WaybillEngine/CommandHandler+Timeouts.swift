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
        try fire(.timeout(name), timeout, of: entry, at: now, retryAt: retryAt, in: transaction)
    }

    /// Decides what a due row leads to, and uses it up.
    func fire(
        _ trigger: Trigger, _ timeout: DueTimeout, of entry: OrderLedger.Entry, at now: Moment, retryAt: Moment?,
        in transaction: borrowing Transaction
    ) throws {
        firing.insert(timeout.key)
        defer { firing.remove(timeout.key) }
        switch try decide(trigger, on: entry, at: now, in: transaction) {
        case .failure(let refusal):
            // A relative's overdue timeout came first and has stopped this one.
            guard try transaction.isPending(timeout.key) else { return }
            // A rule of the workflow forbids what the timeout would do: shown, tried again, parked in the end.
            try transaction.postpone(timeout, until: retryAt, error: Text(refusal.message))
            let command = Command(order: entry.order.id, name: "$timeout")
            try note(refusal, of: command, number: entry.order.number, at: now, in: transaction)
        case .success(.repeated): return
        case .success(.accepted(let cascade)):
            guard try transaction.delete(timeout.key) else { return }
            if timeout.attempt == 0 { lateness.append(now.since(timeout.key.due)) }
            cascade.first.header.cause = timeout.cause
            _ = try append(cascade, in: transaction)
        }
    }

    /// Fires what is overdue for an order before a command on it: after a pause of the process, or with many due at
    /// once, a command must not overtake the timeout that came before it. One whose handling was refused waits its
    /// back-off.
    @discardableResult
    func fireOverdue(
        of entry: OrderLedger.Entry, at now: Moment, in transaction: borrowing Transaction
    ) throws -> Bool {
        guard let horizon else { return false }
        var hasFired = false
        var tried: Set<TimeoutName> = []
        while let timeout = entry.order.timeouts
            .filter({ $0.due <= horizon && !tried.contains($0.name) }).min(by: { $0.due < $1.due })
        {
            tried.insert(timeout.name)
            let key = entry.order.key(of: timeout)
            guard !firing.contains(key), let waiting = try transaction.waiting(key) else { continue }
            try fire(waiting, at: now, retryAt: now.advanced(by: .seconds(1)), in: transaction)
            hasFired = true
        }
        return hasFired
    }

    /// The same for an order that is told something by a relative; answers whether anything fired. What fires does not
    /// look for overdue timeouts of further relatives: families would fire each other's without end.
    func fireOverdue(
        ofRelative entry: OrderLedger.Entry, at now: Moment, in transaction: borrowing Transaction
    ) throws -> Bool {
        guard !isFiringForRelative else { return false }
        isFiringForRelative = true
        defer { isFiringForRelative = false }
        return try fireOverdue(of: entry, at: now, in: transaction)
    }

    /// Moves a pending timeout of an order, or cancels it, from outside its workflow.
    func handle(_ command: TimeoutCommand, at now: Moment, in transaction: borrowing Transaction) throws -> Answer {
        let asked = command.asCommand
        if let refusal = asked.boundCrossed(isOwnEvent: true) ?? asked.zeroRefusal { return .refused(refusal) }
        if let answer = try remembered(asked, at: now, in: transaction) { return answer }
        guard let entry = try load(command.order, in: transaction) else {
            return .refused(.unknownOrder(command.order))
        }
        try fireOverdue(of: entry, at: now, in: transaction)
        let answer = try change(command, asked, of: entry, at: now, in: transaction)
        let number = entry.order.number
        if case .refused(let refusal) = answer {
            try note(refusal, of: asked, number: number, at: now, in: transaction)
        }
        try remember(
            answer, of: asked, fingerprint: asked.fingerprintOfBytes, number: number, at: now, in: transaction)
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
                command.name, to: command.newDue(from: pending.due, at: now), on: entry.order,
                by: Journal.semantics)
        }
        switch decided {
        case .failure(let refusal):
            return .refused(refusal)
        case .success(let decision):
            var header = EventHeader(type: asked.name, at: now)
            header.caller = command.caller
            header.key = command.key
            header.lane = entry.order.lane
            let step = Cascade.Step(
                entry: entry, decision: decision, body: EventBody(of: command.name), header: header)
            return .accepted(try append(step, in: transaction))
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
