package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// A client of a group goes.
package struct Leave: BrokerVerb {
    package static let isOfReceiving = true

    var group: GroupName
    var client: Text

    package init(_ group: GroupName, client: Text) {
        self.group = group
        self.client = client
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        try broker.leave(group, client: client, in: write)
    }
}

extension Broker {
    /// A client says that it goes: what it holds and has not acknowledged is given to others after a second.
    func leave(_ name: GroupName, client: Text, in write: borrowing Write) throws -> BrokerReply<Void> {
        guard let group = try groupNumber(name, in: write) else { return .refused(.unknownGroup(name)) }
        let soon = write.now.advanced(by: .seconds(1))
        for (key, offset, lease) in leases(of: client, in: group.number) {
            // The first of a run has shortened the others.
            guard let topic = topicState(of: key.queue), let now = self.lease(of: offset, in: key), now.until > soon
            else { continue }
            try prolong(.lease(lease, key, offset), topic, until: soon, in: write)
        }
        for place in redeliveries(heldBy: client, in: group.number) {
            guard let row = try write.transaction.redelivery(of: group.number, at: place), row.state == .held,
                let due = row.due, due > soon, let topic = topicState(of: place.queue)
            else { continue }
            try prolong(.row(row), topic, until: soon, in: write)
        }
        pending.departed.append((group.number, client))
        return .done
    }

    /// First deliveries that a client holds as the current write leaves them: with those that it has given the client,
    /// without those that it has ended.
    private func leases(of client: Text, in group: GroupNumber) -> [(key: CursorKey, offset: Int64, lease: Lease)] {
        var leases = committed { $0.leases(of: client, in: group) }.compactMap { key, offset, _ in
            lease(of: offset, in: key).map { (key: key, offset: offset, lease: $0) }
        }
        for (key, change) in pending.cursors.sorted(by: { $0.key < $1.key }) where key.group == group {
            for (offset, lease) in change.leased.sorted(by: { $0.key < $1.key }) where lease.client == client {
                leases.append((key, offset, lease))
            }
        }
        return leases
    }

    /// The same for redeliveries.
    private func redeliveries(heldBy client: Text, in group: GroupNumber) -> [MessagePlace] {
        var places = Set(committed { $0.redeliveries(heldBy: client, in: group) })
        for change in pending.holders where change.group == group {
            if change.holder?.client == client { places.insert(change.place) } else { places.remove(change.place) }
        }
        return places.sorted()
    }
}
