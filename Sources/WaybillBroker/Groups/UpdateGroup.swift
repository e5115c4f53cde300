package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Changes the rules of a consumer group.
package struct UpdateGroup: BrokerVerb {
    var name: GroupName
    var rules: GroupSettings

    package init(_ name: GroupName, _ rules: GroupSettings) {
        self.name = name
        self.rules = rules
    }

    package func act(_ group: GroupView, by origin: Origin) -> Act? { Act(group, has: "changed") }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<GroupView> {
        try broker.updateGroup(name, rules, in: write)
    }
}

extension Broker {
    func updateGroup(
        _ name: GroupName, _ rules: GroupSettings, in write: borrowing Write
    ) throws -> BrokerReply<GroupView> {
        if let refusal = rules.refusal { return .refused(refusal) }
        guard var row = try write.transaction.group(name) else { return .refused(.unknownGroup(name)) }
        guard row.isFIFO == rules.isFIFO, row.isBroadcast == rules.isBroadcast else {
            return .refused(
                .notForThisGroup(name, problem: "fifo and broadcast are for life; delete it and make another"))
        }
        row.adopt(rules)
        try write.transaction.updateGroup(row)
        pending.groups[row.number] = row
        return .success(row.view)
    }
}
