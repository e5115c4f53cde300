package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Deletes a consumer group, with all that it is owed.
package struct DeleteGroup: BrokerVerb {
    var name: GroupName

    package init(_ name: GroupName) {
        self.name = name
    }

    package func act(_ answer: Void, by origin: Origin) -> Act? {
        Act("$group", ["group": .text(name.text.string), "was": "deleted"])
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        try broker.deleteGroup(name, in: write)
    }
}

extension Broker {
    func deleteGroup(_ name: GroupName, in write: borrowing Write) throws -> BrokerReply<Void> {
        guard let row = try write.transaction.group(name) else { return .refused(.unknownGroup(name)) }
        try write.transaction.deleteGroup(row.number, at: write.now)
        pending.groups[row.number] = .some(nil)
        return .done
    }
}
