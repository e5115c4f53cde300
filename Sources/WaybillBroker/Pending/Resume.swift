package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Asks again about a half message that was parked, by its transaction id.
package struct Resume: BrokerVerb {
    var transaction: Text
    var topic: TopicName

    package init(_ transaction: Text, of topic: TopicName) {
        self.transaction = transaction
        self.topic = topic
    }

    package func act(_ decided: DecidedMessage, by origin: Origin) -> Act? {
        Act("$half_message", ["id": .text(decided.id.text.string), "topic": .text(topic.text.string), "asked": "anew"])
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<DecidedMessage> {
        try broker.resume(transaction, of: topic, in: write)
    }
}

extension Broker {
    /// Begins again to ask about a parked message, with all its questions before it.
    func resume(
        _ transactionID: Text, of topic: TopicName, in write: borrowing Write
    ) throws -> BrokerReply<DecidedMessage> {
        switch try message(named: transactionID, of: topic, for: .transaction, in: write) {
        case .refused(let refusal):
            return .refused(refusal)
        case .message(let row, _):
            if let refusal = refusalToDecide(row) { return .refused(refusal) }
            guard try write.transaction.resume(row.number, next: write.now) else {
                return .refused(refusalToResume(row))
            }
            try write.transaction.insert(.checkBack(row.number, due: write.now))
            let id = try write.transaction.messageID(of: row.message)
            return .success(DecidedMessage(id: id, resolution: .unknown, at: nil))
        }
    }

    /// Why a message is not asked about again.
    private func refusalToResume(_ row: PendingMessageRow) -> MessageRefusal {
        let at = (row.decidedAt ?? row.message.bornAt).iso8601
        return switch row.state {
        case .half, .parked: .notParked
        case .committed: .decidedAlready("committed at \(at)")
        case .rolledBack: .decidedAlready("rolled back at \(at)")
        case .delayed, .fired, .recalled:
            .unknownMessage("with this handle that is a half one; it names a delayed message")
        }
    }
}
