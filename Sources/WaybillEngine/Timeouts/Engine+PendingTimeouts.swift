package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// A pending timeout of an order, with what its order is about.
package struct PendingTimeout: Sendable {
    package let order: OrderID
    package let status: Text
    package let place: Place
    /// Of one whose handling was refused; nil: it waits for its time.
    package let retry: Retry?

    package var name: TimeoutName { TimeoutName(place.name) }
    package var due: Moment { place.due }

    /// Where it stands in the list by due time.
    package struct Place: Comparable, Sendable {
        package let due: Moment
        package let owner: Int64
        package let name: Text

        package init(due: Moment, owner: Int64 = .min, name: Text = "") {
            self.due = due
            self.owner = owner
            self.name = name
        }

        package static func < (left: Place, right: Place) -> Bool {
            (left.due, left.owner, left.name) < (right.due, right.owner, right.name)
        }
    }

    /// How often its handling was refused, when it is tried again (nil: parked), and why.
    package struct Retry: Sendable {
        package let attempt: Int64
        package let at: Moment?
        package let error: Text
    }
}

extension Engine {
    /// One page of the timeouts of orders, by due time.
    ///
    /// - Parameters:
    ///   - place: where the last page ended; nil: from the first.
    ///   - areRetried: those whose handling was refused, instead of those that wait for their time.
    package func pendingTimeouts(
        after place: PendingTimeout.Place?, areRetried: Bool = false, limit: Int
    ) throws -> [PendingTimeout] {
        let limit = min(max(limit, 1), Self.pageMax)
        let key = place.map { TimeoutKey(kind: .order, due: $0.due, owner: $0.owner, name: $0.name) }
        return try store.read { rows in
            let keys: [(key: TimeoutKey, retry: TimeoutRetry?)] =
                areRetried
                ? try rows.timeoutRetries(.order, after: key, limit: limit).map { ($0.key, $0) }
                : try rows.timeouts(.order, after: key, limit: limit).map { ($0, nil) }
            return try keys.map { key, retry in
                guard let order = try rows.order(number: StreamNumber(key.owner)) else {
                    throw EngineFailure.damaged("the timeout \(key.name) belongs to no order")
                }
                return PendingTimeout(
                    order: order.id, status: order.status,
                    place: PendingTimeout.Place(due: key.due, owner: key.owner, name: key.name),
                    retry: retry.map { PendingTimeout.Retry(attempt: $0.attempt, at: $0.retryAt, error: $0.error) })
            }
        }
    }

    /// The pending timeouts of one order, by due time, also those whose handling was refused; nil: there is no such
    /// order.
    package func pendingTimeouts(of id: OrderID) throws -> [PendingTimeout]? {
        guard let row = try store.read({ rows in try rows.order(id: id) }) else { return nil }
        let order = try Order(row, under: try workflow(row.workflow))
        return try store.read { rows in
            try order.timeouts.map { timeout in
                let key = order.key(of: timeout)
                let retry = try rows.timeoutRetry(key)
                return PendingTimeout(
                    order: id, status: order.status,
                    place: PendingTimeout.Place(due: key.due, owner: key.owner, name: key.name),
                    retry: retry.map { PendingTimeout.Retry(attempt: $0.attempt, at: $0.retryAt, error: $0.error) })
            }
        }.sorted { $0.place < $1.place }
    }

    /// How many timeouts of orders were due that long ago or longer, counted up to `limit`.
    package func countOverdue(by age: Interval, limit: Int) throws -> Int {
        let last = Moment(milliseconds: world.now().milliseconds - age.milliseconds)
        return try store.read { rows in try rows.countTimeouts(.order, upTo: last, limit: limit) }
    }

    /// How many half messages are not decided, counted up to `limit`.
    package func countUndecided(limit: Int) throws -> Int {
        try store.read { rows in try rows.countUndecided(limit: limit) }
    }

    /// The version of files that this release works on.
    package static var schemaVersion: Int { Migrate.newest }
    /// The version of the system's SQLite.
    package static var sqliteVersion: String { Store.sqliteVersion }
}
