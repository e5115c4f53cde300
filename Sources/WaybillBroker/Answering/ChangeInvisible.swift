package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Changes until when a delivery is invisible to others, in the name of a group, as its consumer means it.
///
/// A delivery that renews itself has no time that could be changed: its consumer gives it back, and it is
/// redelivered after that time. Any other stays with its consumer for that time from now on.
package struct ChangeInvisible: BrokerVerb {
    package static let isOfReceiving = true

    var receipt: DeliveryReceipt
    var group: GroupName
    /// The topic of which the receipt must be; nil: any.
    var topic: TopicName?
    var invisible: Interval
    /// Whether a delivery that is given back counts as an attempt.
    var counts: Bool

    package init(
        _ receipt: DeliveryReceipt, by group: GroupName, of topic: TopicName? = nil, to invisible: Interval,
        counts: Bool = true
    ) {
        self.receipt = receipt
        self.group = group
        self.topic = topic
        self.invisible = invisible
        self.counts = counts
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        switch try broker.openDelivery(of: receipt, by: group, of: topic, in: write) {
        case .failure(let refusal): return .refused(refusal)
        case .success((let held, let owner, let topic)):
            guard counts else { return try broker.putOff(held, owner, topic, by: invisible, in: write) }
            guard broker.renews(held, of: owner.number) else {
                return try broker.extend(receipt, by: invisible, in: write)
            }
            return try broker.fail(receipt, delay: invisible, why: "the consumer failed", in: write)
        }
    }
}

extension Broker {
    /// Whether a delivery renews itself while its client lives.
    fileprivate func renews(_ held: OpenDelivery, of group: GroupNumber) -> Bool {
        switch held {
        case .lease(let lease, _, _): lease.renews
        case .row(let row): committed { $0.holder(of: row.place, in: group) }?.renews ?? false
        case .broadcast: false
        }
    }

    /// Ends a delivery that counts as none; it is redelivered after a time.
    func putOff(
        _ held: OpenDelivery, _ group: GroupRow, _ topic: TopicState, by wait: Interval, in write: borrowing Write
    ) throws -> BrokerReply<Void> {
        guard wait.milliseconds >= 0, wait <= settings.invisibleMax else {
            return .refused(.badSetting("invisible", problem: "\(wait.milliseconds) ms is not within 0 and 12 hours"))
        }
        guard let old = row(of: held) else {
            return .refused(.notForThisGroup(group.name, problem: "a broadcast delivers nothing twice"))
        }
        var row = old
        row.attempt = max(0, old.attempt - 1)
        row.nonce = nil
        row.state = wait.milliseconds > 0 ? .due : .ready
        row.due = wait.milliseconds > 0 ? write.now.advanced(by: wait) : nil
        try end(held, group, topic, leaving: row, insteadOf: old, in: write)
        return .done
    }
}
