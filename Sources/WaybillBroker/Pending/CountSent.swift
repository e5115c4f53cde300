package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Counts questions that producers have been sent, by their transaction ids.
package struct CountSent: BrokerVerb {
    package static let isOfReceiving = true

    var transactions: [Text]

    package init(_ transactions: [Text]) {
        self.transactions = transactions
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        try broker.countSent(transactions, in: write)
    }
}

extension Broker {
    /// Counts questions that producers have really been sent, by their transaction ids.
    ///
    /// A question may have waited for its producer: the time to the next one begins when it is sent.
    func countSent(_ transactionIDs: [Text], in write: borrowing Write) throws -> BrokerReply<Void> {
        for id in transactionIDs {
            guard let number = seal.pendingMessage(named: id, for: .transaction)?.number else { continue }
            guard let row = try write.transaction.pendingMessage(number), row.state == .half, let due = row.due else {
                continue
            }
            let next = write.now.advanced(by: settings.checkBacks.wait(afterCheck: row.nextCheck, random: dice()))
            if next != due {
                try write.transaction.delete(.checkBack(number, due: due))
                try write.transaction.insert(.checkBack(number, due: next))
            }
            try write.transaction.countCheck(number, next: next)
            pending.checksSent += 1
        }
        return .done
    }
}
