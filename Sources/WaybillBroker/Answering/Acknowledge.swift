package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Ends the delivery of a message to a group, by its receipt.
package struct Acknowledge: BrokerVerb {
    package static let isOfReceiving = true

    var receipt: DeliveryReceipt

    package init(_ receipt: DeliveryReceipt) {
        self.receipt = receipt
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        try broker.acknowledge(receipt, in: write)
    }
}

extension Broker {
    /// Ends the delivery of a message to a group.
    func acknowledge(_ receipt: DeliveryReceipt, in write: borrowing Write) throws -> BrokerReply<Void> {
        switch try openDelivery(of: receipt, in: write) {
        case .failure(let refusal): return .refused(refusal)
        case .success((let held, let group, let topic)):
            try acknowledge(held, group, topic, in: write)
            return .done
        }
    }

    /// Ends a delivery whose receipt was opened in this write.
    func acknowledge(
        _ held: OpenDelivery, _ group: GroupRow, _ topic: TopicState, in write: borrowing Write
    ) throws {
        let messageGroup: Text?
        let place: MessagePlace
        switch held {
        case .broadcast: return
        case .lease(let lease, let key, let offset):
            finish(offset, in: key)
            messageGroup = lease.messageGroup
            place = key.place(offset)
        case .row(let row):
            try delete(row, in: write)
            messageGroup = row.messageGroup
            place = row.place
        }
        try freeMessageGroup(messageGroup, of: place, topic, group.number, in: write)
        count(group.number, succeeded: true)
        trace(.acknowledged, held, group, at: write.now)
    }
}
