import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Messages that become visible later: at their time, never before it, unless they are recalled or moved.
///
/// ```
///            due                        recall
/// delayed ─────────► fired     delayed ─────────► recalled      both known for 24 hours, then forgotten
/// ```
extension Broker {
    /// The owner of the kind `delayedMessage`.
    func fireDelayed(_ timeout: DueTimeout, in write: borrowing Write) throws {
        guard try write.transaction.delete(timeout.key) else { return }
        guard let row = try write.transaction.pendingMessage(PendingMessageNumber(timeout.key.owner)),
            row.state == .delayed, row.due == timeout.key.due
        else { return }
        _ = try write.transaction.publish(row, as: .fired, at: write.now)
    }

}

extension PendingMessageRow {
    /// Why it is too late to recall or move it; nil: it still waits.
    func whyNotDelayed(exceptRecalled: Bool) -> MessageRefusal? {
        switch state {
        case .delayed: nil
        case .fired: .alreadyVisible(at: decidedAt ?? message.bornAt)
        case .recalled: exceptRecalled ? nil : .decidedAlready("recalled")
        case .half, .parked, .committed, .rolledBack:
            .unknownMessage("with this handle that is delayed; it names a half message")
        }
    }
}
