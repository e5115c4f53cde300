package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Makes a consumer group by these rules, if there is none of this name.
package struct KeepGroup: BrokerVerb {
    var name: GroupName
    var rules: GroupSettings
    /// Who makes it; empty: not said.
    var maker: Text

    package init(_ name: GroupName, _ rules: GroupSettings, by maker: Text = "") {
        self.name = name
        self.rules = rules
        self.maker = maker
    }

    package func act(_ kept: KeptGroup, by origin: Origin) -> Act? {
        // Of two who make it at once, one does.
        kept.isNew ? Act(kept.group, has: "made") : nil
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<KeptGroup> {
        try broker.keepGroup(name, rules, by: maker, in: write)
    }
}

/// A group that was to be made if there was none.
package struct KeptGroup: Sendable {
    package let group: GroupView
    /// Whether this write made it.
    package let isNew: Bool
}

extension Broker {
    /// The group of this name; made by these rules if there is none. An existing one keeps its own.
    func keepGroup(
        _ name: GroupName, _ rules: GroupSettings, by maker: Text, in write: borrowing Write
    ) throws -> BrokerReply<KeptGroup> {
        if let refusal = Self.refusal(of: name) ?? rules.refusal { return .refused(refusal) }
        let isNew = try write.transaction.group(name) == nil
        let row = try write.transaction.keepGroup(
            GroupRow(name: name, rules: rules, createdAt: write.now, createdBy: maker))
        pending.groups[row.number] = row
        return .success(KeptGroup(group: row.view, isNew: isNew))
    }
}
