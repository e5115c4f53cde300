package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Gives a delayed message another time, by its handle; answers its id and the time that it has.
package struct Reschedule: BrokerVerb {
    var handle: Text
    var topic: TopicName
    var due: Moment

    package init(_ handle: Text, of topic: TopicName, to due: Moment) {
        self.handle = handle
        self.topic = topic
        self.due = due
    }

    /// A producer moves its messages without an audit, unless it says why.
    package func act(_ moved: RescheduledMessage, by origin: Origin) -> Act? {
        guard origin.isByHand || !origin.reason.isEmpty else { return nil }
        return Act(
            .messageByHand,
            ["id": .text(moved.id.text.string), "topic": .text(topic.text.string), "to": .text(moved.due.iso8601)])
    }

    package func perform(
        on broker: Broker, in write: borrowing Write
    ) throws -> BrokerReply<RescheduledMessage> {
        try broker.reschedule(handle, of: topic, to: due, in: write)
    }
}

/// A delayed message with the time that it has now.
package struct RescheduledMessage: Sendable {
    package let id: MessageID
    package let due: Moment
}

extension Broker {
    /// Gives a delayed message another time. One in the past is now.
    func reschedule(
        _ handle: Text, of topic: TopicName, to due: Moment, in write: borrowing Write
    ) throws -> BrokerReply<RescheduledMessage> {
        switch try message(named: handle, of: topic, for: .recall, in: write) {
        case .refused(let refusal):
            return .refused(refusal)
        case .message(let row, _):
            if let refusal = row.whyNotDelayed(exceptRecalled: false) { return .refused(refusal) }
            let due = max(write.now, due)
            if let old = row.due, old != due {
                try write.transaction.delete(.delayedMessage(row.number, due: old))
                try write.transaction.insert(.delayedMessage(row.number, due: due))
                try write.transaction.reschedule(row.number, in: .delayed, to: due)
            }
            return .success(RescheduledMessage(id: try write.transaction.messageID(of: row.message), due: due))
        }
    }
}
