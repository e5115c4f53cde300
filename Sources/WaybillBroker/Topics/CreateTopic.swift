package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Makes a topic by these rules. There must be none of this name.
package struct CreateTopic: BrokerVerb {
    var name: TopicName
    var rules: TopicSettings

    package init(_ name: TopicName, _ rules: TopicSettings) {
        self.name = name
        self.rules = rules
    }

    package func act(_ topic: TopicView, by origin: Origin) -> Act? { Act(topic, has: "made") }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<TopicView> {
        try broker.createTopic(name, rules, in: write)
    }
}

extension Broker {
    func createTopic(
        _ name: TopicName, _ rules: TopicSettings, in write: borrowing Write
    ) throws -> BrokerReply<TopicView> {
        if let refusal = refusal(of: name) ?? rules.refusal { return .refused(refusal) }
        guard try write.transaction.topic(name) == nil else { return .refused(.topicExists(name)) }
        var row = TopicRow(name: name, createdAt: write.now)
        row.adopt(rules)
        try write.transaction.insert(row)
        return .success(row.view)
    }
}
