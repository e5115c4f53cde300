import Synchronization
import WaybillCore
import WaybillStore

/// Taking messages without a write, and the end of each look.
extension GroupMemory {
    /// Takes what was found without a write; answers what it got. Nobody else has it, and it is below the mark.
    func take(
        _ found: [Candidate], _ scan: Scan, for request: ReceiveRequest, at now: Moment, nonce: @Sendable () -> Int64
    ) -> [GrantedLease] {
        state.withLock { state in
            state.take(found, scan, for: request, at: now, settings, nonce: nonce)
        }
    }

    /// After a look that ended: others may look at what it had kept for itself.
    ///
    /// - Parameter isRefused: nothing can be written now, so nobody else is to try at once.
    func finish(_ scan: Scan, found: [Candidate], tookAll: Bool, isRefused: Bool = false) {
        let woken = state.withLock { state -> [@Sendable () -> Void] in
            guard var cursor = state.groups[scan.key.group]?.cursors[scan.key.queue], cursor.epoch == scan.epoch
            else { return [] }
            let hasLeft = cursor.finish(scan, found: found, tookAll: tookAll)
            state.groups[scan.key.group]?.cursors[scan.key.queue] = cursor
            return hasLeft && !isRefused ? state.leave(something: scan.key.group) : []
        }
        for resume in woken { resume() }
    }
}

extension GroupMemory.State {
    /// A consumer leaves what others have looked for in vain: one of each kind looks again.
    mutating func leave(something group: GroupNumber) -> [@Sendable () -> Void] {
        groups[group]?.changes += 1
        return takeWaiters(of: group, for: 1)
    }
}

extension GroupMemory.State {
    fileprivate mutating func take(
        _ found: [Candidate], _ scan: Scan, for request: ReceiveRequest, at now: Moment, _ settings: BrokerSettings,
        nonce: @Sendable () -> Int64
    ) -> [GrantedLease] {
        guard let row = groups[scan.key.group]?.row else { return [] }
        let lease = Lease(
            attempt: 1, nonce: 0,
            until: now.advanced(by: request.renews ? settings.renewal : request.invisible ?? row.invisible),
            client: request.client, bytes: 0, takenAt: now, renews: request.renews)
        // In place: a copy of the cursor would copy all that is in flight.
        let given =
            groups[scan.key.group]?.cursors[scan.key.queue]?.take(
                found, scan, lease, nonce: nonce) ?? []
        for (offset, lease) in given {
            groups[scan.key.group]?.note(lease)
            leaseEnds.add(LeaseEnd(cursor: scan.key, offset: offset), due: lease.until)
        }
        leases += given.count
        let cursor = groups[scan.key.group]?.cursors[scan.key.queue]
        return given.map { offset, lease in
            GrantedLease(
                place: scan.key.place(offset), epoch: scan.epoch, attempt: 1, nonce: lease.nonce, until: lease.until,
                isReplayed: cursor?.isReplayed(offset) ?? false)
        }
    }
}

extension GroupCursor {
    /// Leases what is wanted and free, up to what the look may take; the rest is looked at again.
    fileprivate mutating func take(
        _ found: [Candidate], _ scan: Scan, _ model: Lease, nonce: @Sendable () -> Int64
    ) -> [(Int64, Lease)] {
        guard epoch == scan.epoch, !isBeingMoved else { return [] }
        var given: [(Int64, Lease)] = []
        var bytes = 0
        for one in found where isFree(one.offset) {
            switch one.verdict {
            case .missing, .skipped: progress.finish(one.offset)
            case .left: break
            case .wanted:
                guard scan.hasRoom(for: one, besides: given.count, bytes: bytes) else {
                    next[scan.filterNumber] = min(next[scan.filterNumber] ?? one.offset, one.offset)
                    return given
                }
                var lease = model
                lease.nonce = nonce()
                lease.bytes = one.bytes
                bytes += one.bytes
                leases[one.offset] = lease
                given.append((one.offset, lease))
            }
        }
        return given
    }

    /// Answers whether it leaves something that others have not seen.
    fileprivate mutating func finish(_ scan: Scan, found: [Candidate], tookAll: Bool) -> Bool {
        for one in found { wanted.remove(one.offset) }
        let filter = scan.filterNumber
        switch scan.source {
        case .ready(let after, let change):
            if found.contains(where: { $0.content != nil }) {
                cleanSince[filter] = nil
                // Who looked meanwhile found all of it wanted, and took that for the end of the list.
                foundNone[filter] = nil
            }
            if let last = found.last {
                // Rows that others may want are passed over.
                readyAfter[filter] = tookAll ? last.offset : after
            } else {
                // The end of the list: it begins again, unless nothing in it was wanted.
                readyAfter[filter] = nil
                if tookAll, change == readyChanges, cleanSince[filter] == change { foundNone[filter] = change }
            }
            // Others found them wanted, and saw nothing, or not what lies behind them.
            guard !found.isEmpty else { return false }
            defer { isOverlooked = false }
            return !tookAll || isOverlooked
        case .fresh(let offsets):
            if scan.isFIFO {
                isScanned = false
                if tookAll, let last = found.last { fresh = max(fresh, last.offset + 1) }
                defer { isScanAwaited = false }
                return isScanAwaited
            }
            // What was not read, or not taken, is looked at again; what others may want is not.
            let passed = Set(found.lazy.filter { $0.isLeft }.map(\.offset))
            if let first = offsets.first(where: { isFree($0) && !passed.contains($0) }) {
                next[filter] = min(next[filter] ?? first, first)
                return true
            }
            return false
        }
    }
}
