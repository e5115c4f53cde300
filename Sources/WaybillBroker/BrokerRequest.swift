package import WaybillCore

/// What may be asked of the broker in a write; it shares the write with orders. One file per verb handles each.
package indirect enum BrokerRequest: Sendable {
    case keepGroup(GroupName, GroupSettings)
    case updateGroup(GroupName, GroupSettings)
    case deleteGroup(GroupName)
    /// All of them, or none.
    case send([NewMessage])
    case acknowledge(DeliveryReceipt)
}

/// What became of a request; handed back only after its commit.
package enum BrokerReply: Sendable {
    case done
    case group(GroupView)
    case sent([SentMessage])
    case refused(MessageRefusal)
}

extension BrokerReply {
    /// The refusal, if it is one.
    package var refusal: MessageRefusal? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal
    }
}
