import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// What happens when the invisible time of a delivery is over.
extension Broker {
    /// Deliveries whose time is over in one write.
    private static let endsMax = 1_000

    /// Ends first deliveries whose time is over at the moment of the write. Receives whose wait is over by then end
    /// with the commit.
    package func endLeases(in write: borrowing Write) throws {
        pending.uptime = world.uptime()
        for end in popLeaseEnds(upTo: write.now, limit: Self.endsMax) {
            let key = end.lease.cursor
            guard let lease = lease(of: end.lease.offset, in: key), lease.until == end.due,
                let group = groupRow(key.group), let topic = topicState(of: key.queue)
            else { continue }
            let holder = Holder(
                client: lease.client, takenAt: lease.takenAt, storedAt: lease.storedAt, renews: lease.renews)
            try expire(.lease(lease, key, end.lease.offset), of: holder, group, topic, in: write)
        }
    }

    /// A delivery's time is over: it goes on if its client lives, else it is redelivered. Of a run that is the first
    /// message that is not done: its consumer has come to none behind it.
    func expire(
        _ held: OpenDelivery, of holder: Holder, _ group: GroupRow, _ topic: TopicState, in write: borrowing Write
    ) throws {
        let now = write.now
        if holder.renews, now.since(holder.takenAt) < settings.renewalMax,
            committed({ $0.isAlive(holder.client, of: group.number, at: now, settings) })
        {
            try prolong(held, topic, until: write.now.advanced(by: settings.renewal), in: write)
            return
        }
        let first = try runInFlight(with: held, topic, in: write).deliveries.first ?? held
        trace(.expired, first, group, at: write.now)
        try retry(first, group, topic, delay: Interval(milliseconds: 0), why: "its invisible time was over", in: write)
        count(group.number, succeeded: false)
    }
}
