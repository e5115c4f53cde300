package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Says that a consumer could not handle a message: it comes again after a delay, or is dead.
package struct Fail: BrokerVerb {
    package static let isOfReceiving = true

    var receipt: DeliveryReceipt
    /// Nil: as the group's ladder says.
    var delay: Interval?
    var why: String

    package init(_ receipt: DeliveryReceipt, delay: Interval?, why: String) {
        self.receipt = receipt
        self.delay = delay
        self.why = why
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        try broker.fail(receipt, delay: delay, why: why, in: write)
    }
}

extension Broker {
    /// The consumer could not handle it: it is redelivered after a while, or is dead.
    ///
    /// - Parameter delay: nil: as the group's ladder says.
    func fail(
        _ receipt: DeliveryReceipt, delay: Interval?, why: String, in write: borrowing Write
    ) throws -> BrokerReply<Void> {
        if let delay, delay.milliseconds < 0 || delay > settings.invisibleMax {
            return .refused(
                .badSetting("delay", problem: "\(delay.milliseconds) ms is not within 0 and 12 hours"))
        }
        switch try openDelivery(of: receipt, in: write) {
        case .failure(let refusal): return .refused(refusal)
        case .success((.broadcast, let group, _)):
            return .refused(.notForThisGroup(group.name, problem: "a broadcast delivers nothing twice"))
        case .success((let held, let group, let topic)):
            trace(.failed, held, group, at: write.now)
            try retry(held, group, topic, delay: delay, why: why, in: write)
            count(group.number, succeeded: false)
            return .done
        }
    }
}
