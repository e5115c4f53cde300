package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Changes the rules of a topic.
package struct UpdateTopic: BrokerVerb {
    var name: TopicName
    /// The rules that it gets, by those that it has.
    var change: @Sendable (TopicSettings) -> TopicSettings

    package init(_ name: TopicName, _ rules: TopicSettings) { self.init(name) { _ in rules } }

    /// - Parameter change: is asked in the write: of two changes at once none is lost.
    package init(_ name: TopicName, change: @escaping @Sendable (TopicSettings) -> TopicSettings) {
        self.name = name
        self.change = change
    }

    package func act(_ topic: TopicView, by origin: Origin) -> Act? { Act(topic, has: "changed") }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<TopicView> {
        try broker.updateTopic(name, change, in: write)
    }
}

extension Broker {
    /// Changes the rules of a topic. What lies in it stays, also when new messages of its type are refused.
    func updateTopic(
        _ name: TopicName, _ change: (TopicSettings) -> TopicSettings, in write: borrowing Write
    ) throws -> BrokerReply<TopicView> {
        let found = try write.transaction.topicRow(name)
        let rules = change(found?.view.settings ?? TopicSettings())
        if let refusal = rules.refusal { return .refused(refusal) }
        guard var row = found else { return .refused(.unknownTopic(name)) }
        row.adopt(rules)
        try write.transaction.update(row)
        return .success(row.view)
    }
}
