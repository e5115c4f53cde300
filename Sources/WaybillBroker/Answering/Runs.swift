package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// The messages of one message group that a consumer was given together: a run.
///
/// A run is held by one row of `fifo_lease`, which names its messages, and ends at one time. The consumer works through
/// it in order, so what it fails, or leaves unanswered, is the first that is not done:
///
/// ```
///  given:               m1        m2        m3        m4      one hold, until one time
///  m1, m3 acknowledged  done                done
///  m2 fails                       due                 behind  it waits for m2, and has used no attempt
/// ```
extension Broker {
    /// What is in flight of a run, in order.
    func inFlight(_ run: FIFOLeaseRow, in write: borrowing Write) throws -> [OpenDelivery] {
        try run.offsets.compactMap { try delivery(at: $0, of: run, in: write) }
    }

    /// Whether anything of a run is in flight. A consumer acknowledges from its beginning, so the end is asked first.
    func isInFlight(_ run: FIFOLeaseRow, in write: borrowing Write) throws -> Bool {
        for offset in run.offsets.reversed() where try delivery(at: offset, of: run, in: write) != nil { return true }
        return false
    }

    private func delivery(
        at offset: Int64, of run: FIFOLeaseRow, in write: borrowing Write
    ) throws -> OpenDelivery? {
        let key = CursorKey(group: run.group, queue: run.queue)
        if let lease = lease(of: offset, in: key) {
            return lease.messageGroup == run.messageGroup ? .lease(lease, key, offset) : nil
        }
        guard owed(on: key) > 0, let row = try write.transaction.redelivery(of: run.group, at: key.place(offset)),
            row.state == .held, row.messageGroup == run.messageGroup
        else { return nil }
        return .row(row)
    }

    /// The run that a message of a message group is of; nil: none of its message group is in flight.
    func run(
        of row: RedeliveryRow, _ topic: TopicState, in write: borrowing Write
    ) throws -> FIFOLeaseRow? {
        guard let messageGroup = row.messageGroup else { return nil }
        let scope = try scope(of: row.place, topic, row.group, in: write)
        return try write.transaction.lease(of: row.group, topic: scope.number, messageGroup: messageGroup)
    }

    /// What a delivery is part of, in order, itself among them; alone: it is of no message group.
    func runInFlight(
        with held: OpenDelivery, _ topic: TopicState, in write: borrowing Write
    ) throws -> (lease: FIFOLeaseRow?, deliveries: [OpenDelivery]) {
        guard let row = row(of: held), let run = try run(of: row, topic, in: write) else { return (nil, [held]) }
        let deliveries = try inFlight(run, in: write)
        return deliveries.contains { $0.offset == held.offset } ? (run, deliveries) : (nil, [held])
    }

    /// Takes back what its consumer has not come to: it waits behind what is left of the run, and has used no attempt.
    func takeBack(_ held: OpenDelivery, in write: borrowing Write) throws {
        guard let old = row(of: held) else { return }
        var row = old
        row.attempt = max(0, old.attempt - 1)
        row.state = .behind
        row.due = nil
        row.nonce = nil
        switch held {
        case .lease: try insert(row, in: write)
        case .row: try update(row, from: old, in: write)
        case .broadcast: break
        }
    }

    /// Takes back what comes behind a message in its run.
    func takeBackFollowers(
        of row: RedeliveryRow, _ topic: TopicState, in write: borrowing Write
    ) throws {
        guard let run = try run(of: row, topic, in: write), !run.followers.isEmpty else { return }
        for later in try inFlight(run, in: write) where later.comes(after: row.offset) {
            try takeBack(later, in: write)
        }
    }

    /// Takes back all but the first message of each run on a cursor: a look-back moves the cursor.
    func takeBackFollowers(on key: CursorKey, in write: borrowing Write) throws {
        var walk = PageWalk<FIFOLeaseRow, FIFOLeaseRow?>(after: nil, by: { $0 })
        while let page = try walk.next({ try write.transaction.leases(of: key.group, after: $0, limit: $1) }) {
            for run in page where run.queue == key.queue && !run.followers.isEmpty {
                for later in try inFlight(run, in: write).dropFirst() { try takeBack(later, in: write) }
            }
        }
    }

    /// Whether a receipt stands for a delivery that is out as it was given.
    package func isOut(_ receipt: DeliveryReceipt, in write: borrowing Write) throws -> Bool {
        guard case .success = try openDelivery(of: receipt, in: write) else { return false }
        return true
    }
}

extension OpenDelivery {
    /// Where its message lies; of a broadcast it is not told.
    var offset: Int64? {
        switch self {
        case .lease(_, _, let offset): offset
        case .row(let row): row.offset
        case .broadcast: nil
        }
    }

    func comes(before other: Int64) -> Bool { offset.map { $0 < other } ?? false }
    func comes(after other: Int64) -> Bool { offset.map { $0 > other } ?? false }
}
