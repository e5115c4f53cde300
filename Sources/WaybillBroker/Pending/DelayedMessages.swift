import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Messages that become visible later: at their time, never before it, unless somebody recalls or moves them.
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

    /// Takes a delayed message back; it is then never delivered. Taking it back again answers the same.
    func recall(_ handle: Text, of topic: TopicName, in write: borrowing Write) throws -> BrokerReply {
        switch try message(named: handle, of: topic, for: .recall, in: write) {
        case .refused(let refusal):
            return .refused(refusal)
        case .message(let row, _):
            if let refusal = row.whyNotDelayed(exceptRecalled: true) { return .refused(refusal) }
            if let due = row.due {
                try write.transaction.delete(.delayedMessage(row.number, due: due))
                try write.transaction.decide(row.number, from: .delayed, to: .recalled, at: write.now)
            }
            return .recalled(try write.transaction.messageID(of: row.message))
        }
    }

    /// Gives a delayed message another time. One in the past is now.
    func reschedule(
        _ handle: Text, of topic: TopicName, to due: Moment, in write: borrowing Write
    ) throws -> BrokerReply {
        switch try message(named: handle, of: topic, for: .recall, in: write) {
        case .refused(let refusal):
            return .refused(refusal)
        case .message(let row, _):
            if let refusal = row.whyNotDelayed(exceptRecalled: false) { return .refused(refusal) }
            let due = max(write.now, due)
            if let old = row.due, old != due {
                try write.transaction.delete(.delayedMessage(row.number, due: old))
                try write.transaction.insert(.delayedMessage(row.number, due: due))
                try write.transaction.reschedule(row.number, in: .delayed, to: due)
            }
            return .rescheduled(try write.transaction.messageID(of: row.message), due)
        }
    }
}

extension PendingMessageRow {
    /// Why it is too late to recall or move it; nil: it still waits.
    fileprivate func whyNotDelayed(exceptRecalled: Bool) -> MessageRefusal? {
        switch state {
        case .delayed: nil
        case .fired: .alreadyVisible(at: decidedAt ?? message.bornAt)
        case .recalled: exceptRecalled ? nil : .decidedAlready("recalled")
        case .half, .parked, .committed, .rolledBack: .unknownMessage("that is delayed under this handle")
        }
    }
}
