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
            guard let old = broker.row(of: held) else { return .done }
            var row = old
            row.attempt = max(0, old.attempt - 1)
            row.nonce = nil
            row.state = .ready
            row.due = nil
            try broker.end(held, group, topic, leaving: row, insteadOf: old, in: write)
            return .done
        }
    }
}
