package import WaybillCore
package import WaybillStore

/// The rules of topics.
extension Broker {

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
    mutating func adopt(_ rules: TopicSettings) {
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
