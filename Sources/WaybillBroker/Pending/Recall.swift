package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Takes a delayed message back, by its handle.
package struct Recall: BrokerVerb {
    var handle: Text
    var topic: TopicName

    package init(_ handle: Text, of topic: TopicName) {
        self.handle = handle
        self.topic = topic
    }

    /// A producer takes its messages back without an audit, unless it says why.
    package func act(_ id: MessageID, by origin: Origin) -> Act? {
        guard origin.isByHand || !origin.reason.isEmpty else { return nil }
        return Act(
            .messageByHand,
            ["id": .text(id.text.string), "topic": .text(topic.text.string), "recalled": .flag(true)])
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<MessageID> {
        try broker.recall(handle, of: topic, in: write)
    }
}

extension Broker {
    /// Takes a delayed message back; it is then never delivered. Taking it back again answers the same.
    func recall(_ handle: Text, of topic: TopicName, in write: borrowing Write) throws -> BrokerReply<MessageID> {
        switch try message(named: handle, of: topic, for: .recall, in: write) {
        case .refused(let refusal):
            return .refused(refusal)
        case .message(let row, _):
            if let refusal = row.whyNotDelayed(exceptRecalled: true) { return .refused(refusal) }
            if let due = row.due {
                try write.transaction.delete(.delayedMessage(row.number, due: due))
                try write.transaction.decide(row.number, from: .delayed, to: .recalled, at: write.now)
            }
            return .success(try write.transaction.messageID(of: row.message))
        }
    }
}
