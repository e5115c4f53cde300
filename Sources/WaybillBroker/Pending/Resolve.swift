package import WaybillCore
package import WaybillStore
package import WaybillTimeouts

/// Decides a half message, by its transaction id.
package struct Resolve: BrokerVerb {
    var transaction: Text
    var topic: TopicName
    var resolution: Resolution
    /// The id of the message that is meant; empty: whichever has the transaction.
    var message: Text

    package init(_ transaction: Text, of topic: TopicName, _ resolution: Resolution, message: Text = "") {
        self.transaction = transaction
        self.topic = topic
        self.message = message
        self.resolution = resolution
    }

    /// A producer decides its messages without an audit, unless it says why.
    package func act(_ decided: DecidedMessage, by origin: Origin) -> Act? {
        guard origin.isByHand || !origin.reason.isEmpty else { return nil }
        return Act(
            "$half_message",
            [
                "id": .text(decided.id.text.string), "topic": .text(topic.text.string),
                "resolution": .text(decided.resolution.rawValue),
            ])
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<DecidedMessage> {
        try broker.resolve(transaction, of: topic, resolution, message: message, in: write)
    }
}

/// Deciding half messages.
extension Broker {
    /// Decides a half message in the word of its producer, or of an operator who has looked.
    func resolve(
        _ transactionID: Text, of topic: TopicName, _ resolution: Resolution, message asked: Text = "",
        in write: borrowing Write
    ) throws -> BrokerReply<DecidedMessage> {
        switch try message(named: transactionID, of: topic, for: .transaction, in: write) {
        case .refused(let refusal):
            return .refused(refusal)
        case .message(let row, _):
            guard try asked.isEmpty || write.transaction.messageID(of: row.message).text == asked else {
                return .refused(.unknownMessage("\(asked) with this handle; the transaction is of another one"))
            }
            if let refusal = refusalToDecide(row) { return .refused(refusal) }
            return try decide(row, resolution, in: write)
        }
    }

    /// Why an undecided half message is not for a request to decide; nil: it is.
    func refusalToDecide(_ row: PendingMessageRow) -> MessageRefusal? {
        guard row.state == .half || row.state == .parked, let producer = row.producer else { return nil }
        return refusalsToDecide[producer]?(row)
    }

    /// Decides a half message, unless it is decided.
    package func decide(
        _ row: PendingMessageRow, _ resolution: Resolution, in write: borrowing Write
    ) throws -> BrokerReply<DecidedMessage> {
        let id = try write.transaction.messageID(of: row.message)
        switch row.state {
        case .half, .parked:
            guard resolution != .unknown else {
                pending.endedQuestions.append(row.number)
                return .success(DecidedMessage(id: id, resolution: .unknown, at: nil))
            }
            if let due = row.due { try write.transaction.delete(.checkBack(row.number, due: due)) }
            guard try decide(row, commits: resolution == .commit, in: write) else {
                return .refused(.decidedAlready("rolled back, because its topic is deleted"))
            }
            return .success(DecidedMessage(id: id, resolution: resolution, at: write.now))
        case .committed: return answer(resolution, to: .commit, of: row, id)
        case .rolledBack: return answer(resolution, to: .rollback, of: row, id)
        case .delayed, .fired, .recalled:
            return .refused(.unknownMessage("with this handle that is a half one; it names a delayed message"))
        }
    }

    /// What a decision comes to after another.
    private func answer(
        _ resolution: Resolution, to first: Resolution, of row: PendingMessageRow, _ id: MessageID
    ) -> BrokerReply<DecidedMessage> {
        guard resolution == first || resolution == .unknown else {
            let word = first == .commit ? "committed" : "rolled back"
            return .refused(.decidedAlready("\(word) at \((row.decidedAt ?? row.message.bornAt).iso8601)"))
        }
        return .success(DecidedMessage(id: id, resolution: first, at: row.decidedAt))
    }

}
