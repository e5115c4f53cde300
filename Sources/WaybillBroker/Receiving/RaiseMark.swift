import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Raises the delivered-through mark of a cursor, before the first delivery beyond it.
package struct RaiseMark: BrokerVerb {
    package static let isOfReceiving = true

    var key: CursorKey
    var epoch: Int64
    var mark: Int64

    package init(_ key: CursorKey, epoch: Int64, to mark: Int64) {
        self.key = key
        self.epoch = epoch
        self.mark = mark
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        broker.raiseMark(key, epoch: epoch, to: mark)
    }
}

extension Broker {
    /// Raises the delivered-through mark before the first delivery beyond it.
    func raiseMark(_ key: CursorKey, epoch: Int64, to mark: Int64) -> BrokerReply<Void> {
        guard self.epoch(of: key) == epoch else { return .refused(.unknownMessage("the cursor has changed")) }
        change(key) { $0.mark = max($0.mark ?? 0, min(mark, MessagePlace.offsetMax)) }
        return .done
    }
}
