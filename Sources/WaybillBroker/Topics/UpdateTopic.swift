package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Changes the rules of a topic.
package struct UpdateTopic: BrokerVerb {
    var name: TopicName
    var rules: TopicSettings

    package init(_ name: TopicName, _ rules: TopicSettings) {
        self.name = name
        self.rules = rules
    }

    package func act(_ topic: TopicView, by origin: Origin) -> Act? { Act(topic, has: "changed") }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<TopicView> {
        try broker.updateTopic(name, rules, in: write)
    }
}

extension Broker {
    /// Changes the rules of a topic. What lies in it stays, also when new messages of its type are refused.
    func updateTopic(
        _ name: TopicName, _ rules: TopicSettings, in write: borrowing Write
    ) throws -> BrokerReply<TopicView> {
        if let refusal = rules.refusal { return .refused(refusal) }
        guard var row = try write.transaction.topicRow(name) else { return .refused(.unknownTopic(name)) }
        row.adopt(rules)
        try write.transaction.update(row)
        return .success(row.view)
    }
}
