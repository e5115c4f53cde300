import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What an opening does about message groups that were in flight: each waits for its holder, for the end of its lease,
/// or for so long as a client may be silent, whichever comes first.
extension Broker {
    private static let leasesPerWrite = 1_000

    /// Shortens leases of message groups, whether a redelivery row holds the delivery or not.
    static func shortenLeases(_ store: Store, at now: Moment, _ settings: BrokerSettings) throws {
        let latest = now.advanced(by: settings.clientSilenceMax)
        var walk = PageWalk(after: GroupNumber(0), by: \GroupRow.number)
        while let page = try walk.next({ last, limit in
            try store.read { rows in try rows.groups(after: last, limit: limit) }
        }) {
            for row in page where row.isFIFO && row.deletedAt == nil {
                var last: FIFOLeaseRow?
                repeat {
                    last = try store.write { transaction in
                        try shorten(of: row.number, after: last, to: latest, in: transaction)
                    }
                } while last != nil
            }
        }
    }

    /// One page; answers its last lease, or nil when there is no other page.
    private static func shorten(
        of group: GroupNumber, after lease: FIFOLeaseRow?, to latest: Moment, in transaction: borrowing Transaction
    ) throws -> FIFOLeaseRow? {
        let page = try transaction.leases(of: group, after: lease, limit: leasesPerWrite)
        for var lease in page where lease.until > latest {
            lease.until = latest
            try transaction.put(lease)
            for offset in lease.offsets {
                let place = MessagePlace(queue: lease.queue, offset: offset)
                guard let old = try transaction.redelivery(of: group, at: place), old.state == .held,
                    old.messageGroup == lease.messageGroup
                else { continue }
                var row = old
                row.due = latest
                guard try transaction.update(row, from: old) else { continue }
                if let timeout = old.timeout { try transaction.delete(timeout) }
                if let timeout = row.timeout { try transaction.insert(timeout) }
            }
        }
        return page.count == leasesPerWrite ? page.last : nil
    }
}
