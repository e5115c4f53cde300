package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Ends the deliveries of several messages to a group in one write, by their receipts. Each has a separate answer.
package struct AcknowledgeMany: BrokerVerb {
    package static let isOfReceiving = true
    /// Receipts of one call.
    package static let receiptsMax = 100

    var receipts: [DeliveryReceipt]
    /// The only group for which it may answer.
    var group: GroupName
    /// The only topic of which the receipts may be; nil: of any.
    var topic: TopicName?

    package init(_ receipts: [DeliveryReceipt], by group: GroupName, of topic: TopicName? = nil) {
        self.receipts = receipts
        self.group = group
        self.topic = topic
    }

    package static func refusals(in answer: [MessageRefusal?]) -> [MessageRefusal] { answer.compactMap { $0 } }

    /// - Returns: of each receipt, in order, why it was refused; nil: the delivery is over.
    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<[MessageRefusal?]> {
        guard (1...Self.receiptsMax).contains(receipts.count) else {
            return .refused(.badSetting("receipts", problem: "\(receipts.count) is not in 1...\(Self.receiptsMax)"))
        }
        var answers: [MessageRefusal?] = []
        answers.reserveCapacity(receipts.count)
        for receipt in receipts {
            switch try broker.openDelivery(of: receipt, by: group, of: topic, in: write) {
            case .failure(let refusal): answers.append(refusal)
            case .success((let held, let owner, let topic)):
                try broker.acknowledge(held, owner, topic, in: write)
                answers.append(nil)
            }
        }
        return .success(answers)
    }
}
