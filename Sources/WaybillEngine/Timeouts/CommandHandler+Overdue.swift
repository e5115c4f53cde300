import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What is due fires in one sequence over the whole file, whatever asks for it: see ``Scheduled/Rank``.
///
/// ```
///  a write ──► a round: the oldest 64 of the file
///              each command ──► what is overdue in its family ──► decided
///                                    │ a timeout there is            │ short of stock, and something is overdue
///                                    │ short, and more is overdue    ▼
///                                    │           decided again ◄── the oldest of the file, up to 1,024 a write
///                                    │                 │ still short, and more is overdue
///                                    ▼                 ▼
///                              keeps its place for the next write
/// ```
extension CommandHandler {
    /// What came of firing older ones first.
    enum Drained {
        /// Nothing older was due.
        case nothing
        /// All that was due has fired.
        case all
        /// The write has fired as many as it may, and more is due.
        case some(hasFired: Bool)
    }

    /// One round: the oldest of the file, and those whose handling was refused and that are to be tried again.
    func fireOldest(limit: Int, in write: inout Write) throws {
        guard let horizon = write.firing.horizon, write.firing.isBehind else { return }
        var line = try dueLine(limit: limit, in: &write)
        let isComplete = line.end == nil
        write.firing.isBehind = false
        if try run(&line, in: &write) != .done || !isComplete { write.firing.isBehind = true }
        for kind in [TimeoutKind.order, .call] {
            for retry in try write.transaction.dueRetries(kind, upTo: horizon, limit: limit) {
                // One before it may have ended its order, or its call.
                if retry.isExact, try !write.transaction.isPending(retry.key) { continue }
                guard let item = try item(for: retry, in: &write) else { continue }
                _ = try fire(item, in: &write)
            }
        }
    }

    /// Fires all rows of one moment of a history, in their order.
    func fire(_ rows: [DueTimeout], in write: inout Write) throws {
        var line = DueLine(try rows.compactMap { row in try item(for: row, in: &write) })
        _ = try run(&line, in: &write)
        write.firing.current = nil
    }

    /// Fires the oldest of the whole file, as many as the write may, before something that would be short of stock.
    ///
    /// - Parameter rank: only what fires before this; nil: everything that is due.
    func drain(before rank: Scheduled.Rank? = nil, in write: inout Write) throws -> Drained {
        guard write.firing.horizon != nil, write.firing.isBehind, !write.firing.isOfHistory else { return .nothing }
        let current = write.firing.current
        var hasFired = false
        while write.firing.fired < Firing.firedMax {
            let before = write.firing.fired
            var line = try dueLine(limit: min(settings.roundMax, Firing.firedMax - before), before: rank, in: &write)
            if line.isEmpty {
                // All of them were put off: others may stand behind them.
                if write.firing.fired > before { continue }
                if rank == nil { write.firing.isBehind = false }
                write.firing.current = current
                return hasFired ? .all : .nothing
            }
            switch try run(&line, in: &write) {
            // Overtaken: older ones have fired, and what is the oldest now comes next.
            case .done, .overtaken: hasFired = true
            case .starved:
                write.firing.current = current
                return .some(hasFired: hasFired || write.firing.fired > before)
            }
        }
        write.firing.current = current
        let before = write.firing.fired
        let isMore = try !dueLine(limit: 1, before: rank, in: &write).isEmpty
        // One that was put off by this look says nothing about those behind it.
        if isMore || write.firing.fired > before { return .some(hasFired: hasFired) }
        return hasFired ? .all : .nothing
    }

    /// Fires what is overdue in an order's family before a command on it: after a pause of the process, or with many
    /// due at once, a command must not overtake a timeout that came before it. False: the command keeps its place for
    /// the next write.
    func fireOverdue(of entry: OrderLedger.Entry, in write: inout Write) throws -> Bool {
        guard let horizon = write.firing.horizon, write.firing.isBehind, entry.order.version > 0 else { return true }
        while true {
            let family = try family(of: entry, in: write)
            var line = DueLine(
                family.flatMap { member in
                    member.order.scheduled(upTo: horizon, under: member.workflow.workflow)
                        .map { DueItem($0.matter, of: member) }
                })
            switch try run(&line, in: &write) {
            case .done: return true
            case .overtaken: continue
            case .starved: return false
            }
        }
    }

    /// An order with all its relatives, those at the top first.
    private func family(of entry: OrderLedger.Entry, in write: borrowing Write) throws -> [OrderLedger.Entry] {
        var top = entry
        while let id = top.order.parent, let parent = try load(id, in: write) { top = parent }
        var family = [top]
        var index = 0
        while index < family.count {
            let order = family[index].order
            for child in order.children {
                if let member = try load(order.childID(child.id), in: write) { family.append(member) }
            }
            index += 1
        }
        return family
    }

    // MARK: The line

    /// What comes of a line, or of one in it.
    enum Fired {
        case done
        /// Older ones of other families came first: what is in hand may have changed.
        case overtaken
        /// Older ones are due, and the write has fired as many as it may.
        case starved
    }

    /// Fires a line in its order.
    @discardableResult
    private func run(_ line: inout DueLine, in write: inout Write) throws -> Fired {
        guard write.firing.horizon != nil else { return .done }
        while !line.isEmpty {
            // One that arms for a moment that has come what has just fired would make a write without end.
            guard write.firing.fired < Firing.firedMax, let item = line.take() else { return .starved }
            switch try fire(item, in: &write) {
            case .done: break
            case .overtaken: return .overtaken
            case .starved: return .starved
            }
            for (number, timeout) in write.firing.armed {
                guard let entry = try load(number, in: write), entry.order.timeouts.contains(timeout) else {
                    continue
                }
                if !line.add(DueItem(.timeout(timeout), of: entry)) { write.firing.isBehind = true }
            }
        }
        return .done
    }

    /// The oldest of the whole file.
    private func dueLine(limit: Int, before rank: Scheduled.Rank? = nil, in write: inout Write) throws -> DueLine {
        guard let horizon = write.firing.horizon else { return DueLine([]) }
        var items: [DueItem] = []
        let timeouts = try write.transaction.waitingTimeouts(.order, upTo: horizon, limit: limit)
        let (calls, callsEnd) = try dueCalls(upTo: horizon, limit: limit, in: write)
        for row in timeouts + calls {
            if let item = try item(for: row, in: &write) { items.append(item) }
        }
        var end: DueLine.End?
        if timeouts.count >= limit, let last = timeouts.last {
            end = DueLine.End(due: last.key.due, order: last.key.owner)
        }
        if let callsEnd { end = min(end ?? callsEnd, callsEnd) }
        if let rank { items.removeAll { $0.rank >= rank } }
        return DueLine(items, end: end)
    }

    /// The oldest deadlines, and up to where they are all.
    private func dueCalls(
        upTo horizon: Moment, limit: Int, in write: borrowing Write
    ) throws -> (rows: [DueTimeout], end: DueLine.End?) {
        let calls = try write.transaction.waitingTimeouts(.call, upTo: horizon, limit: limit)
        guard calls.count >= limit, let first = calls.first?.key.due, let last = calls.last?.key.due else {
            return (calls, nil)
        }
        // The rows of calls at one moment are not in the order of their orders: that moment stays for the next line.
        if first < last {
            let before = Moment(milliseconds: last.milliseconds - 1)
            return (calls.filter { $0.key.due < last }, DueLine.End(due: before, order: .max))
        }
        var max = limit
        while true {
            max *= 2
            let ordered = try write.transaction.waitingCalls(at: first, limit: max)
            // Rows without an open call are damage: found out when they fire.
            if ordered.isEmpty { return (calls, DueLine.End(due: first, order: .max)) }
            guard ordered.count == max, let cut = ordered.last?.order else {
                return (ordered.map(\.row), DueLine.End(due: first, order: .max))
            }
            // The last order may have more of them.
            let whole = ordered.filter { $0.order != cut }
            if !whole.isEmpty { return (whole.map(\.row), DueLine.End(due: first, order: cut.number - 1)) }
        }
    }

    /// What a row wakes; nil: it has been put off, or is damaged and parked.
    private func item(for row: DueTimeout, in write: inout Write) throws -> DueItem? {
        guard row.isExact else {
            let now = max(write.firing.horizon ?? row.key.due, row.key.due)
            try write.transaction.parkDamagedTimeouts(row.key.kind, upTo: now, limit: settings.roundMax)
            write.firing.fired += 1
            return nil
        }
        let current = write.firing.current
        write.firing.current = row.key
        if try isPutOff(row, in: &write) {
            write.firing.current = current
            return nil
        }
        let item: DueItem
        if row.key.kind == .call {
            guard let call = try write.transaction.call(row.key.owner), let entry = try load(call.stream, in: write),
                let open = entry.order.openCall(key: call.effectKey)
            else { throw EngineFailure.damaged("the call \(row.key.owner) is due, and no order waits for it") }
            item = DueItem(.call(open), of: entry, row: row)
        } else {
            let name = TimeoutName(row.key.name)
            guard let entry = try load(StreamNumber(row.key.owner), in: write) else {
                throw EngineFailure.damaged(
                    "the timeout \(name) belongs to order number \(row.key.owner), which is not there")
            }
            item = DueItem(.timeout(.init(name: name, due: row.key.due)), of: entry, row: row)
        }
        write.firing.current = current
        return item
    }

    /// Puts off what threw in an earlier attempt at this write.
    func isPutOff(_ row: DueTimeout, in write: inout Write) throws -> Bool {
        guard let error = write.firing.failed[row.key], let now = write.firing.horizon else { return false }
        try write.transaction.postpone(row, until: settings.retry(row, at: now), error: error)
        write.firing.fired += 1
        return true
    }
}
