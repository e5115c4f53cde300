import WaybillBroker
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// A due timeout goes into the same decision as a command. It has no key, so nothing is looked up or remembered for it.
extension CommandHandler {
    /// Decides what is due, at the moment up to which the write fires, and uses it up. Short of stock, older ones go
    /// first. What it throws is the fault of ``Firing/current``.
    func fire(_ item: DueItem, in write: inout Write) throws -> Fired {
        guard let horizon = write.firing.horizon else { return .done }
        let momentOfRequest = write.now
        write.now = horizon
        defer { write.now = momentOfRequest }
        write.firing.armed.removeAll(keepingCapacity: true)
        guard let row = try item.row ?? waitingRow(of: item, in: write) else { return .done }
        write.firing.current = row.key
        let fired = try fire(item, row, in: &write)
        write.firing.current = nil
        return fired
    }

    private func fire(_ item: DueItem, _ row: DueTimeout, in write: inout Write) throws -> Fired {
        if try isPutOff(row, in: &write) { return .done }
        let entry = item.entry
        if bursts.isOver(entry.order.number, at: write.now), try write.transaction.isPending(row.key) {
            let refusal = Refusal.limit("timeouts of an order that fire at one moment", max: Bursts.max)
            try put(off: row, of: entry, until: nil, refusal, in: &write)
            return .done
        }
        stock.comesAfterKept = false
        let verdict = try decide(item.trigger, on: entry, in: write)
        if stock.wasShort {
            switch try drain(before: item.rank, in: &write) {
            case .nothing: break
            case .all: return .overtaken
            case .some: return .starved
            }
        }
        switch verdict {
        case .failure(let refusal):
            // One that came first has stopped this one.
            guard try write.transaction.isPending(row.key) else { return .done }
            // A rule of the workflow forbids what the timeout would do: shown, tried again, parked in the end.
            try put(off: row, of: entry, until: settings.retry(row, at: write.now), refusal, in: &write)
        case .success(.repeated): return .done
        case .success(.accepted(let cascade)):
            guard try write.transaction.delete(row.key) else { return .done }
            if row.attempt == 0 { write.lateness.append(Lateness(row.key.kind, write.now.since(row.key.due))) }
            cascade.first.header.cause = row.cause
            _ = try record(cascade, in: &write)
            write.firing.fired += 1
            let number = entry.order.number
            bursts.add(number, goesOn: write.firing.armed.contains { $0.order == number })
            if write.firing.flushesEach { try flush(in: write) }
        }
        return .done
    }

    private func put(
        off row: DueTimeout, of entry: OrderLedger.Entry, until retryAt: Moment?, _ refusal: Refusal,
        in write: inout Write
    ) throws {
        try write.transaction.postpone(row, until: retryAt, error: Text(refusal.message))
        let command = Command(order: entry.order.id, name: "$timeout")
        try note(refusal, of: command, number: entry.order.number, in: write)
        write.firing.fired += 1
    }

    /// The row of something that is due in an order; nil: its handling was refused before, and it waits its back-off.
    private func waitingRow(of item: DueItem, in write: borrowing Write) throws -> DueTimeout? {
        let order = item.entry.order
        switch item.trigger {
        case .timeout(let name):
            return try write.transaction.waiting(order.key(of: .init(name: name, due: item.rank.due)))
        case .expiry(let number):
            return try write.transaction.call(effectKey: order.effectKey(of: number))
                .flatMap { row in try write.transaction.waiting(row.timeoutKey) }
        case .command: return nil
        }
    }

    /// Moves a pending timeout of an order, or cancels it, from outside its workflow.
    ///
    /// - Returns: nil: it keeps its place for the next write, because more is overdue than this one may fire.
    func handle(_ command: TimeoutCommand, in write: inout Write) throws -> Answer? {
        let asked = command.asCommand
        if let refusal = asked.boundCrossed(isOwnEvent: true) ?? asked.zeroRefusal { return .refused(refusal) }
        if let answer = try keptAnswer(to: asked, in: write) { return answer }
        guard let entry = try load(command.order, in: write) else {
            return .refused(.unknownOrder(command.order))
        }
        guard try fireOverdue(of: entry, in: &write) else { return nil }
        let answer = try change(command, asked, of: entry, in: &write)
        let number = entry.order.number
        if case .refused(let refusal) = answer {
            try note(refusal, of: asked, number: number, in: write)
        }
        try keepAnswer(answer, of: asked, fingerprint: asked.fingerprintOfBytes, number: number, in: write)
        return answer
    }

    private func change(
        _ command: TimeoutCommand, _ asked: Command, of entry: OrderLedger.Entry, in write: inout Write
    ) throws -> Answer {
        if let expected = command.expectedVersion, expected != entry.order.version {
            return .refused(.versionConflict(expected: expected, actual: entry.order.version))
        }
        guard let pending = entry.order.timeouts.first(where: { $0.name == command.name }) else {
            return .refused(try whyNotPending(command.name, of: entry, in: write))
        }
        let decided = Result { () throws(Refusal) in
            try entry.workflow.workflow.decideReschedule(
                command.name, to: command.newDue(from: pending.due, at: write.now), on: entry.order,
                by: Journal.semantics)
        }
        switch decided {
        case .failure(let refusal):
            return .refused(refusal)
        case .success(let decision):
            var header = EventHeader(type: asked.name, at: write.now)
            header.caller = command.caller
            header.key = command.key
            header.trace = command.trace
            header.lane = entry.order.lane
            let step = Cascade.Step(
                entry: entry, decision: decision, body: EventBody(of: command.name), header: header)
            let receipt = try record(step, in: &write)
            if command.isByHand || !command.reason.isEmpty {
                let due = command.newDue(from: pending.due, at: write.now)
                broker.note(command.act(from: pending.due, to: due), by: command.origin, in: write)
            }
            return .accepted(receipt)
        }
    }

    /// For how long a cancel that comes too late is told so, and how many events are looked at in one go.
    private static var lookBack: (time: Interval, events: Int64) { (.hours(24), 100) }

    /// Whether a timeout that is not pending fired within the last day.
    private func whyNotPending(
        _ name: TimeoutName, of entry: OrderLedger.Entry, in write: borrowing Write
    ) throws -> Refusal {
        var last = entry.order.version
        while last > 0 {
            let first = max(1, last - Self.lookBack.events + 1)
            let events = try write.transaction.events(
                of: entry.order.number, fromVersion: first, limit: Int(last - first + 1))
            for event in events.reversed() {
                guard write.now.since(event.at) <= Self.lookBack.time else {
                    return .unknownTimeout(name, of: entry.order.id)
                }
                guard event.type == "$timeout" else { continue }
                if try event.orderBody(under: entry.workflow.workflow).timeout == name {
                    return .timeoutFired(name, at: event.at)
                }
            }
            last = first - 1
        }
        return .unknownTimeout(name, of: entry.order.id)
    }
}

extension TimeoutCommand {
    fileprivate var origin: Origin {
        Origin(caller: caller, reason: reason, trace: trace, from: from, requestID: requestID)
    }

    /// What the audit says of it, with when the timeout was due and when it is now.
    fileprivate func act(from old: Moment, to new: Moment?) -> Act {
        let about: RefusalValues = ["order": .text(order.text.string), "timeout": .text(name.text.string)]
        let values =
            switch action {
            case .cancel: about.with("cancelled", .flag(true))
            case .extend(let interval): about.with("by", .text(interval.text))
            case .move(let moment): about.with("to", .text(moment.iso8601))
            }
        let due = values.with("was_due", .text(old.iso8601)).with(
            "due", new.map { RefusalValues.Value.text($0.iso8601) })
        return Act("$timeout_by_hand", due)
    }
}
