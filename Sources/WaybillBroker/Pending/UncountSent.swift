package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Takes questions back that were taken for a producer's client that has gone and has seen none of them: they do not
/// count as sent, and another client may take them at once.
package struct UncountSent: BrokerVerb {
    package static let isOfReceiving = true

    /// By its transaction id how often each had been asked, the question that was taken included.
    var counts: [(transaction: Text, count: Int64)]

    package init(_ questions: [CheckBack]) {
        counts = questions.map { ($0.transaction, $0.count) }
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        try broker.uncountSent(counts, in: write)
    }
}

extension Broker {
    /// Questions that were taken for nothing. One that is decided, parked or was sent again meanwhile stays as it is.
    func uncountSent(
        _ counts: [(transaction: Text, count: Int64)], in write: borrowing Write
    ) throws -> BrokerReply<Void> {
        for (id, count) in counts {
            guard let number = seal.pendingMessage(named: id, for: .transaction)?.number,
                try write.transaction.uncountCheck(number, count: count)
            else { continue }
            pending.returnedQuestions.append(number)
        }
        return .done
    }
}
