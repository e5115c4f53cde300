import WaybillCore
import WaybillStore

/// Leasing messages without a write: first deliveries of ordinary groups, below the delivered-through mark.
extension GroupMemory.State {
    /// Leases what a scan found and is still free; answers what the consumer got.
    mutating func lease(
        _ found: [Candidate], _ scan: Scan, for request: ReceiveRequest, at now: Moment, _ settings: BrokerSettings,
        nonce: @Sendable () -> Int64
    ) -> [GrantedLease] {
        guard !isEnding, let row = groups[scan.key.group]?.row else { return [] }
        let model = Lease(
            attempt: 1, nonce: 0,
            until: now.advanced(by: request.renews ? settings.renewal : request.invisible ?? row.invisible),
            client: request.client, clientNumber: groups[scan.key.group]?.clients[request.client]?.number ?? 0,
            bytes: 0, takenAt: now, renews: request.renews)
        // In place: a copy of the cursor would copy all that is in flight.
        let leased =
            groups[scan.key.group]?.cursors[scan.key.queue]?.lease(found, scan, model, nonce: nonce) ?? []
        for (offset, lease) in leased {
            groups[scan.key.group]?.count(lease)
            leaseEnds.add(LeaseEnd(cursor: scan.key, offset: offset), due: lease.until)
        }
        leases += leased.count
        assert(flaw(on: scan.key, touching: found.map(\.offset)) == nil, "memory contradicts itself after a lease")
        let cursor = groups[scan.key.group]?.cursors[scan.key.queue]
        return leased.map { offset, lease in
            GrantedLease(
                place: scan.key.place(offset), epoch: scan.epoch, attempt: 1, nonce: lease.nonce, until: lease.until,
                isReplayed: cursor?.isReplayed(offset) ?? false)
        }
    }
}

extension GroupCursor {
    /// Leases what is wanted and free, up to what the scan may take; the rest is looked at again.
    fileprivate mutating func lease(
        _ found: [Candidate], _ scan: Scan, _ model: Lease, nonce: @Sendable () -> Int64
    ) -> [(Int64, Lease)] {
        guard epoch == scan.epoch, !isBeingMoved else { return [] }
        var leased: [(Int64, Lease)] = []
        var bytes = 0
        for one in found where isFree(one.offset) {
            switch one.verdict {
            case .missing, .skipped: progress.finish(one.offset)
            case .left, .unreadable: break
            case .wanted:
                // The mark may have come down since the scan began.
                guard one.offset < mark, scan.hasRoom(for: one, besides: leased.count, bytes: bytes) else {
                    next[scan.filterNumber] = min(next[scan.filterNumber] ?? one.offset, one.offset)
                    return leased
                }
                var lease = model
                lease.nonce = nonce()
                lease.bytes = one.bytes
                lease.storedAt = one.message?.visibleAt
                bytes += one.bytes
                leases[one.offset] = lease
                leased.append((one.offset, lease))
            }
        }
        return leased
    }
}
