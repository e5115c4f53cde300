package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Makes a consumer group by these rules, if there is none of this name.
package struct KeepGroup: BrokerVerb {
    var name: GroupName
    var rules: GroupSettings

    package init(_ name: GroupName, _ rules: GroupSettings) {
        self.name = name
        self.rules = rules
    }

    package func act(_ group: GroupView, by origin: Origin) -> Act? { Act(group, has: "made") }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<GroupView> {
        try broker.keepGroup(name, rules, in: write)
    }
}

extension Broker {
    /// The group of this name; made by these rules if there is none. An existing one keeps its own.
    func keepGroup(
        _ name: GroupName, _ rules: GroupSettings, in write: borrowing Write
    ) throws -> BrokerReply<GroupView> {
        if let refusal = Self.refusal(of: name) ?? rules.refusal { return .refused(refusal) }
        let row = try write.transaction.keepGroup(GroupRow(name: name, rules: rules, createdAt: write.now))
        pending.groups[row.number] = row
        return .success(row.view)
    }
}
