import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Time that passes for the orders of a history only.
extension Writer {
    /// Fires what is due up to a moment for the orders of a history, each at its own moment, and those of one moment in
    /// the order that holds everywhere: see ``Scheduled/Rank``. False: the write has fired enough.
    ///
    /// Timeouts of others that are overdue are passed over; each write looks at them once. What the file holds does not
    /// fire for a history either.
    func fire(
        of owns: (OrderID) -> Bool, upTo end: Moment, _ attempt: inout WriteAttempt, in write: inout Write
    ) throws -> Bool {
        guard held == nil else { return true }
        while true {
            if let armed = write.earliestArmed {
                // What was armed may be due before the place that the search has come to.
                attempt.searched = attempt.searched.filter { $0.value.due < armed }
                write.earliestArmed = nil
            }
            guard let due = try nextDue(of: owns, upTo: end, &attempt, in: write) else { return true }
            guard attempt.fired < Self.momentFiredMax else { return false }
            begin(Firing(historyAt: due), attempt, in: &write)
            let rows = try dueRows(of: owns, at: due, attempt, in: write)
            try handler.fire(rows, in: &write)
            attempt.fired += max(1, write.firing.fired)
            write.firing.horizon = nil
        }
    }

    /// When the next of them is due; nil: none is. The search of a kind goes on behind those of others; a search that
    /// finds one ends before it, as it may be not the earliest of all kinds.
    private func nextDue(
        of owns: (OrderID) -> Bool, upTo end: Moment, _ attempt: inout WriteAttempt, in write: borrowing Write
    ) throws -> Moment? {
        var first: Moment?
        for kind in [TimeoutKind.order, .call] {
            search: while true {
                let page = try write.transaction.timeouts(kind, after: attempt.searched[kind], limit: 16)
                for key in page {
                    guard key.due <= end else { break search }
                    if try isOwned(key, owns, in: write) {
                        first = earlier(first, key.due)
                        break search
                    }
                    attempt.searched[kind] = key
                }
                if page.count < 16 { break }
            }
        }
        return first
    }

    /// Theirs of one moment.
    private func dueRows(
        of owns: (OrderID) -> Bool, at due: Moment, _ attempt: WriteAttempt, in write: borrowing Write
    ) throws -> [DueTimeout] {
        let limit = timeouts.settings.roundMax
        var rows: [DueTimeout] = []
        for kind in [TimeoutKind.order, .call] {
            var walk = PageWalk<TimeoutKey, TimeoutKey?>(after: attempt.searched[kind], by: { $0 }, limit: limit)
            while let page = try walk.next({ try write.transaction.timeouts(kind, after: $0, limit: $1) }) {
                for key in page where key.due == due {
                    guard try isOwned(key, owns, in: write) else { continue }
                    if let row = try write.transaction.waiting(key) { rows.append(row) }
                }
                if let end = page.last, end.due > due { break }
            }
        }
        return rows
    }

    /// Whether the order of a timeout, or one above it, is one of theirs.
    private func isOwned(_ key: TimeoutKey, _ owns: (OrderID) -> Bool, in write: borrowing Write) throws -> Bool {
        var number = StreamNumber(key.owner)
        if key.kind == .call {
            guard let call = try write.transaction.call(key.owner) else { return false }
            number = call.stream
        }
        var entry = try handler.load(number, in: write)
        while let order = entry?.order {
            if owns(order.id) { return true }
            guard let parent = order.parent else { return false }
            entry = try handler.load(parent, in: write)
        }
        return false
    }
}
