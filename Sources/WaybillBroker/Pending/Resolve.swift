package import WaybillCore
package import WaybillStore
package import WaybillTimeouts

/// Deciding half messages.
extension Broker {
    /// Decides a half message in the word of its producer, or of an operator who has looked.
    func resolve(
        _ transactionID: Text, of topic: TopicName, _ resolution: Resolution, in write: borrowing Write
    ) throws -> BrokerReply {
        switch try message(named: transactionID, of: topic, for: .transaction, in: write) {
        case .refused(let refusal):
            return .refused(refusal)
        case .message(let row, _):
            if let refusal = refusalToDecide(row) { return .refused(refusal) }
            return try decide(row, resolution, in: write)
        }
    }

    /// Why an undecided half message is not for a request to decide; nil: it is.
    private func refusalToDecide(_ row: PendingMessageRow) -> MessageRefusal? {
        guard row.state == .half || row.state == .parked, let producer = row.producer else { return nil }
        return refusalsToDecide[producer]?(row)
    }

    /// Decides a half message, if nobody has before. The one place where it happens.
    package func decide(
        _ row: PendingMessageRow, _ resolution: Resolution, in write: borrowing Write
    ) throws -> BrokerReply {
        let id = try write.transaction.messageID(of: row.message)
        switch row.state {
        case .half, .parked:
            pending.settled.append(row.number)
            guard resolution != .unknown else {
                return .decided(DecidedMessage(id: id, resolution: .unknown, at: nil))
            }
            if let due = row.due { try write.transaction.delete(.checkBack(row.number, due: due)) }
            if resolution == .rollback {
                try write.transaction.decide(row.number, from: row.state, to: .rolledBack, at: write.now)
            } else if try write.transaction.publish(row, as: .committed, at: write.now) == nil {
                return .refused(.decidedAlready("rolled back, because its topic is deleted"))
            }
            return .decided(DecidedMessage(id: id, resolution: resolution, at: write.now))
        case .committed: return answer(resolution, to: .commit, of: row, id)
        case .rolledBack: return answer(resolution, to: .rollback, of: row, id)
        case .delayed, .fired, .recalled: return .refused(.unknownMessage("that is a half one under this handle"))
        }
    }

    /// What a decision comes to after another.
    private func answer(
        _ resolution: Resolution, to first: Resolution, of row: PendingMessageRow, _ id: MessageID
    ) -> BrokerReply {
        guard resolution == first || resolution == .unknown else {
            let word = first == .commit ? "committed" : "rolled back"
            return .refused(.decidedAlready("\(word) at \((row.decidedAt ?? row.message.bornAt).iso8601)"))
        }
        return .decided(DecidedMessage(id: id, resolution: first, at: row.decidedAt))
    }

    /// Begins anew to ask about a parked message, with all its questions before it.
    func resume(_ transactionID: Text, of topic: TopicName, in write: borrowing Write) throws -> BrokerReply {
        switch try message(named: transactionID, of: topic, for: .transaction, in: write) {
        case .refused(let refusal):
            return .refused(refusal)
        case .message(let row, _):
            if let refusal = refusalToDecide(row) { return .refused(refusal) }
            guard try write.transaction.resume(row.number, next: write.now) else {
                return .refused(.decidedAlready("it is not parked, but \(row.state.rawValue)"))
            }
            try write.transaction.insert(.checkBack(row.number, due: write.now))
            let id = try write.transaction.messageID(of: row.message)
            return .decided(DecidedMessage(id: id, resolution: .unknown, at: nil))
        }
    }
}
