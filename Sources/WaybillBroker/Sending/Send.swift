package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Takes in messages from outside: all of them, or none.
package struct Send: BrokerVerb {
    var messages: [NewMessage]

    package init(_ messages: [NewMessage]) {
        self.messages = messages
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<[SentMessage]> {
        try broker.send(messages, in: write)
    }
}

extension Broker {
    /// Appends messages to their topics, all or none. Delayed ones wait for their time.
    func send(_ messages: [NewMessage], in write: borrowing Write) throws -> BrokerReply<[SentMessage]> {
        if let refusal = disk.refusalOfMessages { return .refused(refusal) }
        do throws(MessageFlaw) { try settings.limits.check(batch: messages) } catch { return .refused(.flawed(error)) }
        var topics: [TopicName: TopicRow] = [:]
        for message in messages {
            guard let topic = try topics[message.topic] ?? write.transaction.knownTopic(message.topic) else {
                return .refused(.unknownTopic(message.topic))
            }
            guard topic.type.takes(message.type) else {
                return .refused(.wrongType(message.topic, takes: topic.type, asked: message.type))
            }
            topics[message.topic] = topic
        }
        for message in messages { if let refusal = refusal(ofLane: message.lane) { return .refused(refusal) } }
        var sent: [SentMessage] = []
        sent.reserveCapacity(messages.count)
        for message in messages {
            guard let topic = topics[message.topic] else { continue }
            sent.append(try accept(message, into: topic, in: write))
        }
        return .success(sent)
    }

    /// Keeps one message that was checked: on its queue, or waiting for its time.
    private func accept(_ message: NewMessage, into topic: TopicRow, in write: borrowing Write) throws -> SentMessage {
        let id = message.id ?? MessageID(random: world.random)
        let row = MessageRow(message, id: id, bornAt: write.now)
        guard let due = message.deliverAt, due > write.now else {
            try append(row, to: topic.name, lane: message.lane, priority: Int64(message.priority), in: write)
            return SentMessage(id: id)
        }
        let number = try keepDelayed(
            row, in: topic.number, lane: message.lane, priority: Int64(message.priority), until: due, in: write)
        return SentMessage(id: id, recallHandle: seal.handle(of: number, in: topic.number, for: .recall))
    }
}
