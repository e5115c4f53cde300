package import WaybillCore
package import WaybillStore
import WaybillTimeouts

/// What a sealed handle is good for; one is never taken for the other.
package enum HandlePurpose: UInt8, Sendable {
    case recall = 0x52
    case transaction = 0x54
}

/// What names a message that is not visible yet: a delayed one by its recall handle, a half one by its transaction id.
///
/// Sealed: the number of the pending message and of its topic. A topic's number is never used again, so the handle is
/// worthless once the topic is deleted, whatever is made under its name. When the message is due is not in it, so it
/// stays the same when that changes.
extension Seal {
    package func handle(of number: PendingMessageNumber, in topic: TopicNumber, for purpose: HandlePurpose) -> Text {
        seal([number.number, topic.number], for: purpose.rawValue)
    }

    /// What a handle from outside names; nil: it was not given out for this purpose.
    package func pendingMessage(
        named handle: Text, for purpose: HandlePurpose
    ) -> (number: PendingMessageNumber, topic: TopicNumber)? {
        guard let numbers = unseal(handle, for: purpose.rawValue), numbers.count == 2 else { return nil }
        return (PendingMessageNumber(numbers[0]), TopicNumber(numbers[1]))
    }
}

extension Broker {
    /// What a handle from outside leads to.
    enum Named {
        case message(PendingMessageRow, TopicRow)
        case refused(MessageRefusal)
    }

    /// The pending message that a handle names, if it was made for this topic and purpose, and not decided too long
    /// ago.
    func message(
        named handle: Text, of name: TopicName, for purpose: HandlePurpose, in write: borrowing Write
    ) throws -> Named {
        guard let topic = try write.transaction.topicRow(name) else { return .refused(.unknownTopic(name)) }
        guard let named = seal.pendingMessage(named: handle, for: purpose) else {
            return .refused(.unknownMessage("with this handle; it was not given out for this use, or was changed"))
        }
        guard named.topic == topic.number else {
            return .refused(.unknownMessage("with this handle in \(name); it is of another topic, or of a deleted one"))
        }
        let horizon = write.now.advanced(by: Interval(milliseconds: -settings.decidedKept.milliseconds))
        guard let row = try write.transaction.pendingMessage(named.number), row.decidedAt.map({ $0 >= horizon }) ?? true
        else {
            return .refused(
                .unknownMessage("with this handle any more; what was decided is known for \(settings.decidedKept.text)")
            )
        }
        return .message(row, topic)
    }
}

extension TimeoutKey {
    /// When a delayed message becomes visible.
    package static func delayedMessage(_ number: PendingMessageNumber, due: Moment) -> TimeoutKey {
        TimeoutKey(kind: .delayedMessage, due: due, owner: number.number, name: "")
    }

    /// When the producer of a half message is asked.
    package static func checkBack(_ number: PendingMessageNumber, due: Moment) -> TimeoutKey {
        TimeoutKey(kind: .checkBack, due: due, owner: number.number, name: "")
    }
}
