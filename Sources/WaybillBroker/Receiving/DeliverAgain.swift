import WaybillCore
import WaybillStore

/// Delivering once more: the same attempt gets the same batch again.
extension Receiver {
    /// The batch of an earlier attempt: what of it is still in flight.
    func deliverAgain(_ batch: [RememberedBatches.Element], _ group: GroupNumber) throws -> [Delivery] {
        var deliveries: [Delivery] = []
        for element in batch {
            guard let (scan, lease) = try stillOut(element, group) else { continue }
            let found: Candidate = try store.read { rows in
                var one = Candidate(offset: element.place.offset)
                try select(&one, scan, rows)
                return one
            }
            guard found.content != nil else { continue }
            deliveries.append(deliver(found, lease, scan, group))
        }
        return deliveries
    }

    /// A delivery that is still out, as it was given; nil: it is over.
    private func stillOut(
        _ element: RememberedBatches.Element, _ group: GroupNumber
    ) throws -> (scan: Scan, lease: GrantedLease)? {
        guard let (scan, isReplayed, lease) = groups.read({ $0.delivered(element.place, of: group) }) else {
            return nil
        }
        var granted = GrantedLease(
            place: element.place, epoch: scan.epoch, attempt: element.attempt, nonce: element.nonce,
            until: element.until, isReplayed: isReplayed)
        if let lease {
            guard lease.nonce == element.nonce, lease.attempt == element.attempt else { return nil }
            granted.until = lease.until
            return (scan, granted)
        }
        let row = try store.read { rows in try rows.redelivery(of: group, at: element.place) }
        guard let row, row.state == .held, row.nonce == element.nonce, let until = row.due else { return nil }
        granted.until = until
        granted.isReplayed = row.isReplayed
        return (scan, granted)
    }
}
