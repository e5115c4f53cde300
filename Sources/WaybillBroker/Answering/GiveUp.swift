package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Moves a message to the dead letters: its consumer gives it up.
package struct GiveUp: BrokerVerb {
    package static let isOfReceiving = true

    var receipt: DeliveryReceipt
    var why: String
    /// Whose the receipt must be, and of which topic; nil: anyone's.
    var owner: (group: GroupName, topic: TopicName)?

    package init(_ receipt: DeliveryReceipt, why: String, by owner: (group: GroupName, topic: TopicName)? = nil) {
        self.receipt = receipt
        self.why = why
        self.owner = owner
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        if let owner,
            case .failure(let refusal) = try broker.openDelivery(
                of: receipt, by: owner.group, of: owner.topic, in: write)
        {
            return .refused(refusal)
        }
        return try broker.giveUp(receipt, why: why, in: write)
    }
}

extension Broker {
    /// The consumer gives up: the message goes to the dead letters now.
    func giveUp(_ receipt: DeliveryReceipt, why: String, in write: borrowing Write) throws -> BrokerReply<Void> {
        switch try openDelivery(of: receipt, in: write) {
        case .failure(let refusal): return .refused(refusal)
        case .success((.broadcast, let group, _)):
            return .refused(.notForThisGroup(group.name, problem: "a broadcast has no dead letters"))
        case .success((let held, let group, let topic)):
            try endAsDead(held, group, topic, why: why, in: write)
            count(group.number, succeeded: false)
            return .done
        }
    }
}
