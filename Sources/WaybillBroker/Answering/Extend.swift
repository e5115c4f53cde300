package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Keeps a delivery invisible to others until so long from now.
package struct Extend: BrokerVerb {
    package static let isOfReceiving = true

    var receipt: DeliveryReceipt
    var invisible: Interval

    package init(_ receipt: DeliveryReceipt, by invisible: Interval) {
        self.receipt = receipt
        self.invisible = invisible
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        try broker.extend(receipt, by: invisible, in: write)
    }
}

extension Broker {
    /// Keeps a delivery, and all of its run, invisible to others until that time has passed; its receipt stays.
    func extend(
        _ receipt: DeliveryReceipt, by invisible: Interval, in write: borrowing Write
    ) throws -> BrokerReply<Void> {
        if invisible.milliseconds < 0 || invisible > settings.invisibleMax {
            return .refused(
                .badSetting("invisible", problem: "\(invisible.milliseconds) ms is not within 0 and 12 hours"))
        }
        switch try openDelivery(of: receipt, in: write) {
        case .failure(let refusal): return .refused(refusal)
        case .success((let held, _, let topic)):
            try prolong(held, topic, until: write.now.advanced(by: invisible), in: write)
            return .done
        }
    }
}
