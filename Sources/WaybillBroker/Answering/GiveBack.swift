package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Ends a delivery as if it had not been: what was taken ahead and not begun is there for others at once, and no
/// attempt is used up.
package struct GiveBack: BrokerVerb {
    package static let isOfReceiving = true

    var receipt: DeliveryReceipt

    package init(_ receipt: DeliveryReceipt) {
        self.receipt = receipt
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        switch try broker.openDelivery(of: receipt, in: write) {
        case .failure(let refusal): return .refused(refusal)
        case .success((let held, let group, let topic)):
            // A broadcast has no row: each client has its own place.
            if case .broadcast = held { return .done }
            return try broker.putOff(held, group, topic, by: Interval(milliseconds: 0), in: write)
        }
    }
}
