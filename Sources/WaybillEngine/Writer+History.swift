import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Time that passes for the orders of a history only.
extension Writer {
    /// Fires what is due up to a moment for the orders of a history, each at its own moment. False: the write has fired
    /// enough.
    ///
    /// Timeouts of others that are overdue are passed over; each write looks at them once.
    func fire(
        of owns: (OrderID) -> Bool, upTo end: Moment, _ attempt: inout Attempt, in transaction: borrowing Transaction
    ) throws -> Bool {
        while true {
            if let armed = handler.earliestArmed {
                // What was armed may be due before the place that the search has come to.
                attempt.searched = attempt.searched.filter { $0.value.due < armed }
                handler.earliestArmed = nil
            }
            guard let due = try nextDue(of: owns, upTo: end, &attempt, in: transaction) else { return true }
            guard attempt.fired < Self.firedMax else { return false }
            attempt.fired += 1
            attempt.current = .timeout(due.key)
            try timeouts.fire(due, at: due.key.due, postponing: attempt.failedTimeouts[due.key], in: transaction)
            if attempt.flushesEach { try flush(in: transaction) }
            attempt.current = .nothing
        }
    }

    /// The earliest of them, or nil. The search of a kind goes on behind those of others; a search that finds one ends
    /// before it, as it may be not the earliest of all kinds.
    private func nextDue(
        of owns: (OrderID) -> Bool, upTo end: Moment, _ attempt: inout Attempt, in transaction: borrowing Transaction
    ) throws -> DueTimeout? {
        var first: TimeoutKey?
        for kind in [TimeoutKind.order, .call] {
            search: while true {
                let page = try transaction.timeouts(kind, after: attempt.searched[kind], limit: 16)
                for key in page {
                    guard key.due <= end else { break search }
                    if try isOwned(key, owns, in: transaction) {
                        if first.map({ key.due < $0.due }) ?? true { first = key }
                        break search
                    }
                    attempt.searched[kind] = key
                }
                if page.count < 16 { break }
            }
        }
        guard let first else { return nil }
        return try transaction.waiting(first)
    }

    /// Whether the order of a timeout, or one above it, is one of theirs.
    private func isOwned(
        _ key: TimeoutKey, _ owns: (OrderID) -> Bool, in transaction: borrowing Transaction
    ) throws -> Bool {
        var number = StreamNumber(key.owner)
        if key.kind == .call {
            guard let call = try transaction.call(key.owner) else { return false }
            number = call.stream
        }
        var entry = try handler.load(number, in: transaction)
        while let order = entry?.order {
            if owns(order.id) { return true }
            guard let parent = order.parent else { return false }
            entry = try handler.load(parent, in: transaction)
        }
        return false
    }
}
