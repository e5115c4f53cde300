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
        // Where one attempt is all no mark runs ahead: the group may have been changed since this was asked for.
        guard self.epoch(of: key) == epoch, groupRow(key.group).map({ $0.attemptsMax > 1 }) ?? false else {
            return .refused(.unknownMessage("of the cursor that was read; the cursor has changed"))
        }
        change(key) { $0.raiseMark(to: min(mark, MessagePlace.offsetMax)) }
        return .done
    }
}
