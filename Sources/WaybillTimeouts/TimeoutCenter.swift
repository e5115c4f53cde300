package import WaybillCore
package import WaybillStore

/// Takes due timeouts in bounded rounds and hands each to the owner of its kind. Those of orders fire in one sequence
/// over the whole file, and the engine fires them itself.
///
/// The b-tree of timeouts is the queue and the only place that knows due times: there is no wheel to rebuild and no
/// cursor that could skip. Each round reads at most `roundMax` rows of each kind, and as many to be tried again, so a
/// flood of one kind delays no other.
package final class TimeoutCenter {
    /// Handles one due timeout in the current write. Its first statement deletes exactly that row.
    package typealias Owner = (DueTimeout, borrowing Write) throws -> Void

    package struct Settings: Sendable {
        /// Timeouts of one kind in one round, and as many again of those that are retried.
        package var roundMax = 64
        /// How long a timeout waits after its handling was refused the first time; doubles up to `backOffMax`.
        package var backOff = Interval.seconds(1)
        package var backOffMax = Interval.hours(1)
        /// After so many refusals a timeout is parked and shown.
        package var attemptsMax: Int64 = 16

        package init() {}
    }

    package let settings: Settings
    private var owners: [(kind: TimeoutKind, owner: Owner)] = []
    package let clock: SteadyClock

    package init(settings: Settings, clock: SteadyClock) {
        precondition(
            settings.roundMax > 0 && settings.attemptsMax > 0, "a timeout center needs rounds and attempts of 1 or more"
        )
        self.settings = settings
        self.clock = clock
    }

    /// From now on due timeouts of this kind go to `owner`. Kinds without an owner wait in the file.
    package func register(_ kind: TimeoutKind, owner: @escaping Owner) { owners.append((kind, owner)) }

    /// The moment up to which timeouts may fire, or nil while a step of the clock is in doubt.
    package func horizon(wall: Moment, uptime: Interval) -> Moment? { clock.horizon(wall: wall, uptime: uptime) }

    package var isHeld: Bool { clock.isHeld }

    /// One round: fires at most `roundMax` timeouts of each kind that are due at the moment of the write, and as many
    /// of those that are to be tried again.
    ///
    /// - Parameters:
    ///   - failed: timeouts whose handling threw in an earlier attempt at this write; they are put off with that text.
    ///   - began: told of each timeout before its owner is.
    package func step(
        postponing failed: [TimeoutKey: Text] = [:], in write: borrowing Write,
        began: (DueTimeout) throws -> Void = { _ in }
    ) throws {
        for (kind, owner) in owners {
            let due = try write.transaction.dueTimeouts(kind, upTo: write.now, limit: settings.roundMax)
            if due.contains(where: { !$0.isExact }) {
                try write.transaction.parkDamagedTimeouts(kind, upTo: write.now, limit: settings.roundMax)
            }
            for timeout in due where timeout.isExact {
                try began(timeout)
                if let error = failed[timeout.key] {
                    try write.transaction.postpone(timeout, until: settings.retry(timeout, at: write.now), error: error)
                    continue
                }
                try owner(timeout, write)
            }
        }
    }

    /// When the next timeouts are due, waiting or to be tried again.
    package func nextDue<Rows: TableReader & ~Copyable>(in rows: borrowing Rows) throws -> NextDue {
        var next = NextDue()
        for kind in Self.ofOrders {
            if let due = try rows.earliestDue(kind) { next.orders = min(next.orders ?? due, due) }
        }
        for (kind, _) in owners {
            if let due = try rows.earliestDue(kind) { next.deliveries = min(next.deliveries ?? due, due) }
        }
        return next
    }

    /// The kinds that fire in one sequence over the whole file, and that no owner is registered for.
    private static let ofOrders: [TimeoutKind] = [.order, .call]
}

/// When the next timeouts are due.
package struct NextDue: Hashable, Sendable {
    /// Of orders, and deadlines of their calls; nil: none is pending.
    package var orders: Moment?
    /// Of all that is about messages.
    package var deliveries: Moment?

    package init() {}
}

extension TimeoutCenter.Settings {
    /// When a timeout whose handling was refused is tried again; nil: it is parked.
    package func retry(_ timeout: DueTimeout, at now: Moment) -> Moment? {
        guard timeout.attempt < attemptsMax - 1 else { return nil }
        let doublings = min(max(timeout.attempt, 0), 30)
        let wait = min(backOff.milliseconds << doublings, backOffMax.milliseconds)
        return now.advanced(by: Interval(milliseconds: wait))
    }
}
