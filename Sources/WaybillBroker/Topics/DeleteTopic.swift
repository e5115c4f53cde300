package import WaybillCore
package import WaybillStore
package import WaybillTimeouts

/// Puts a topic out of reach.
package struct DeleteTopic: BrokerVerb {
    var name: TopicName
    /// Pending messages below this number are known to be none of the topic's.
    var first: PendingMessageNumber

    package init(_ name: TopicName, from first: PendingMessageNumber = PendingMessageNumber(0)) {
        self.name = name
        self.first = first
    }

    package func act(_ answer: Void, by origin: Origin) -> Act? {
        Act("$topic", ["topic": .text(name.text.string), "was": "deleted"])
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        try broker.deleteTopic(name, from: first, in: write)
    }
}

extension Broker {
    /// Puts a topic out of reach at once; its messages are deleted gradually. A topic made later under this name is
    /// another one: receipts and handles of this one are refused there. Refused while messages wait to become visible
    /// in it, because the answer to an order's call would be lost, and while it is used.
    func deleteTopic(
        _ name: TopicName, from first: PendingMessageNumber, in write: borrowing Write
    ) throws -> BrokerReply<Void> {
        guard let row = try write.transaction.topicRow(name) else { return .refused(.unknownTopic(name)) }
        if let group = name.deadLetterGroup, try write.transaction.group(group) != nil {
            return .refused(.flawed(MessageFlaw(.topic, "\(name) holds the dead letters of \(group), which exists")))
        }
        var awaited = AwaitedMessages()
        var last: PendingMessageNumber? = PendingMessageNumber(first.number &- 1)
        while let before = last { last = try awaited.count(of: row.number, after: before, in: write.transaction) }
        if let refusal = awaited.refusal(of: name) { return .refused(refusal) }
        if let refusal = try refusalOfUse(row, in: write) { return .refused(refusal) }
        try write.transaction.deleteTopic(row.number, at: write.now)
        pending.deletedTopics.append(row.number)
        // Memory does not learn what this write did to the topic before.
        pending.topics[name] = .some(nil)
        pending.filters.removeAll { $0.topic == name }
        return .done
    }
}
