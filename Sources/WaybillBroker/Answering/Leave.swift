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
