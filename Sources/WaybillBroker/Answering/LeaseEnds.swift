import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// What happens when the invisible time of a delivery is over, or a redelivery is due, or a client goes.
extension Broker {
    /// Deliveries whose time is over in one write.
    private static let endsMax = 1_000

    /// Ends first deliveries whose time is over at the moment of the write.
    package func step(in write: borrowing Write) throws {
        pending.uptime = world.uptime()
        for end in popLeaseEnds(upTo: write.now, limit: Self.endsMax) {
            let key = end.lease.cursor
            guard let lease = lease(of: end.lease.offset, in: key), lease.until == end.due,
                let group = groupRow(key.group), let topic = topicState(of: key.queue)
            else { continue }
            let holder = Holder(client: lease.client, takenAt: lease.takenAt, renews: lease.renews)
            try finish(.lease(lease, key, end.lease.offset), of: holder, group, topic, in: write)
        }
    }

    /// A redelivery is due, or its holder's time is over.
    func redeliver(_ key: TimeoutKey, in write: borrowing Write) throws {
        guard try write.transaction.delete(key), let place = key.redeliveryPlace else { return }
        let number = GroupNumber(key.owner)
        guard let row = try write.transaction.redelivery(of: number, at: place), row.due == key.due,
            let group = groupRow(number), let topic = topicState(of: place.queue)
        else { return }
        if row.state == .held {
            let holder = committed { $0.holder(of: place, in: number) }
            try finish(
                .row(row), of: holder ?? Holder(client: "", takenAt: write.now, renews: false), group, topic, in: write)
            return
        }
        var ready = row
        ready.state = .ready
        ready.due = nil
        guard try write.transaction.update(ready, from: row) else { return }
        change(row.key) { $0.becameReady = true }
    }

    /// A delivery's time is over: it goes on if its client lives, else it comes again to whoever asks.
    private func finish(
        _ held: OpenDelivery, of holder: Holder, _ group: GroupRow, _ topic: TopicState, in write: borrowing Write
    ) throws {
        let now = write.now
        if holder.renews, now.since(holder.takenAt) < settings.renewalMax,
            committed({ $0.isAlive(holder.client, of: group.number, at: now, settings) })
        {
            try prolong(held, group, topic, until: write.now.advanced(by: settings.renewal), in: write)
            return
        }
        try retry(held, group, topic, delay: Interval(milliseconds: 0), why: "its invisible time was over", in: write)
        note(group.number, succeeded: false)
        remember(.expired, held, group, at: write.now)
    }

    /// A client says that it goes: what it holds and has not acknowledged is given to others after a second.
    func leave(_ name: GroupName, client: Text, in write: borrowing Write) throws -> BrokerReply {
        guard let group = try groupNumber(name, in: write) else { return .refused(.unknownGroup(name)) }
        let soon = write.now.advanced(by: .seconds(1))
        for (key, offset, lease) in committed({ $0.leases(of: client, in: group.number) }) {
            guard let topic = topicState(of: key.queue) else { continue }
            try prolong(.lease(lease, key, offset), group, topic, until: min(soon, lease.until), in: write)
        }
        for place in committed({ $0.redeliveries(heldBy: client, in: group.number) }) {
            guard let row = try write.transaction.redelivery(of: group.number, at: place), row.state == .held,
                let due = row.due, let topic = topicState(of: place.queue)
            else { continue }
            try prolong(.row(row), group, topic, until: min(soon, due), in: write)
        }
        pending.departed.append((group.number, client))
        return .done
    }
}
