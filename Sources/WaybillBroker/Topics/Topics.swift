package import WaybillCore
package import WaybillStore
import WaybillTimeouts

/// Making, changing, deleting and listing topics.
extension Broker {
    func createTopic(_ name: TopicName, _ rules: TopicSettings, in write: borrowing Write) throws -> BrokerReply {
        if let refusal = refusal(of: name) ?? rules.refusal { return .refused(refusal) }
        guard try write.transaction.topic(name) == nil else { return .refused(.topicExists(name)) }
        var row = TopicRow(name: name, createdAt: write.now)
        row.take(rules)
        try write.transaction.insert(row)
        return .topic(row.view)
    }

    /// Changes the rules of a topic. What lies in it stays, also when new messages of its type are refused.
    func updateTopic(_ name: TopicName, _ rules: TopicSettings, in write: borrowing Write) throws -> BrokerReply {
        if let refusal = rules.refusal { return .refused(refusal) }
        guard var row = try write.transaction.topicRow(name) else { return .refused(.unknownTopic(name)) }
        row.take(rules)
        try write.transaction.update(row)
        return .topic(row.view)
    }

    /// Puts a topic out of reach at once; its messages are deleted gradually. A topic made later under this name is
    /// another one: receipts and handles of this one are refused there. Refused while messages wait to become visible
    /// in it: the answer to an order's call would be lost.
    func deleteTopic(
        _ name: TopicName, from first: PendingMessageNumber, in write: borrowing Write
    ) throws -> BrokerReply {
        guard let row = try write.transaction.topicRow(name) else { return .refused(.unknownTopic(name)) }
        if let group = name.deadLetterGroup, try write.transaction.group(group) != nil {
            return .refused(.flawed(MessageFlaw(.topic, "\(name) holds the dead letters of \(group), which exists")))
        }
        var awaited = AwaitedMessages()
        var last: PendingMessageNumber? = PendingMessageNumber(first.number &- 1)
        while let before = last { last = try awaited.count(of: row.number, after: before, in: write.transaction) }
        if let refusal = awaited.refusal(of: name) { return .refused(refusal) }
        try write.transaction.deleteTopic(row.number, at: write.now)
        pending.deletedTopics.append(row.number)
        return .done
    }

    func refusal(of topic: TopicName) -> MessageRefusal? {
        do throws(MessageFlaw) {
            try settings.limits.check(topic: topic)
            return nil
        } catch {
            return .flawed(error)
        }
    }
}

extension TopicName {
    /// The group whose dead letters lie in this topic; nil: it is another topic.
    package var deadLetterGroup: GroupName? {
        guard text.string.hasPrefix(ReservedNames.deadLetterPrefix) else { return nil }
        return GroupName(String(text.string.dropFirst(ReservedNames.deadLetterPrefix.count)))
    }
}

extension TopicSettings {
    /// The smallest size limit: below it a topic would lose messages as they come.
    static let bytesMaxMin: Int64 = 1 << 20

    /// Why a topic cannot have these rules; nil: it can.
    var refusal: MessageRefusal? {
        if !(1...TopicRow.queuesMax).contains(Int64(queues)) {
            return .badSetting("queues", problem: "\(queues) is not in 1...\(TopicRow.queuesMax)")
        }
        if bytesMax < Self.bytesMaxMin {
            return .badSetting("size limit", problem: "\(bytesMax) bytes; \(Self.bytesMaxMin) is the least")
        }
        if retention.milliseconds < 0 {
            return .badSetting("retention", problem: "\(retention.text) is before now; 0s keeps only what is owed")
        }
        return nil
    }
}

extension TopicRow {
    mutating func take(_ rules: TopicSettings) {
        type = rules.type
        queues = Int64(rules.queues)
        bytesMax = rules.bytesMax
        retention = rules.retention
    }

    /// The topic as operators see it.
    package var view: TopicView {
        TopicView(
            name: name,
            settings: TopicSettings(type: type, queues: Int(queues), bytesMax: bytesMax, retention: retention),
            createdAt: createdAt)
    }
}
