import WaybillCore
import WaybillStore
import WaybillTimeouts

/// A message with the lease that a consumer was given of it.
struct Leased {
    var found: Candidate
    var lease: GrantedLease
}

/// The fourth step of a receive: the consumer gets what it found and is still to be had.
extension Receiver {
    /// Leases what a scan found, in memory or in a write, and ends the scan. A queue whose write is refused is passed.
    func lease(_ found: [Candidate], _ scan: Scan, _ batch: inout OpenBatch) async -> [Leased] {
        guard !found.isEmpty else {
            groups.end(scan, found: [], tookAll: true)
            return []
        }
        switch scan.taking {
        case .memory:
            let leases = groups.lease(found, scan, for: batch.request, at: world.now()) { [world] in world.nonce() }
            return pair(found, with: leases)
        case .write:
            switch await writer.submit(Take(scan, found, batch.request)) {
            case .failure(let refusal):
                groups.end(scan, found: found, tookAll: false, isRefused: true)
                batch.passQueue(because: refusal)
                return []
            case .success(let taken):
                groups.end(scan, found: found, tookAll: taken.isComplete)
                return pair(found, with: taken.granted)
            }
        }
    }

    /// Leases come in the order of what was found.
    private func pair(_ found: [Candidate], with leases: [GrantedLease]) -> [Leased] {
        var leased: [Leased] = []
        leased.reserveCapacity(leases.count)
        for one in found where leased.count < leases.count {
            let lease = leases[leased.count]
            if lease.place.offset == one.offset { leased.append(Leased(found: one, lease: lease)) }
        }
        return leased
    }
}
