import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Taking in messages from outside.
extension Broker {
    /// Appends messages to their topics, all or none.
    func send(
        _ messages: [NewMessage], at now: Moment, in transaction: borrowing Transaction
    ) throws -> BrokerReply {
        for message in messages {
            guard try transaction.topic(message.topic) != nil else { return .refused(.unknownTopic(message.topic)) }
            guard NewMessage.priorities.contains(message.priority) else {
                return .refused(.badMessage(part: "priority", problem: "\(message.priority) is not in 0...9"))
            }
            guard message.deliverAt == nil else {
                return .refused(.badMessage(part: "deliverAt", problem: "delayed messages are not taken yet"))
            }
        }
        var sent: [SentMessage] = []
        for message in messages {
            let queue = try transaction.keepStoredQueue(
                topic: message.topic, lane: message.lane, priority: Int64(message.priority), at: now)
            let id = message.id ?? MessageID(random: world.random)
            try transaction.append(MessageRow(message, id: id, bornAt: now), to: queue)
            sent.append(SentMessage(id: id))
        }
        return .sent(sent)
    }
}
