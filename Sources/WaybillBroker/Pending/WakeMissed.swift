package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Makes questions due that a producer has missed; answers how many.
package struct WakeMissed: BrokerVerb {
    package static let isOfReceiving = true

    var producer: Text

    package init(of producer: Text) {
        self.producer = producer
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Int> {
        try broker.wakeMissed(of: producer, in: write)
    }
}

extension Broker {
    /// A producer has come, or has room again: what it missed is due now.
    func wakeMissed(of producer: Text, in write: borrowing Write) throws -> BrokerReply<Int> {
        // More than it may be sent would be missed again in the same write.
        let limit = min(settings.missedChecksPerWrite, checkBacks.room(for: producer))
        let numbers = checkBacks.missed(by: producer, limit: limit)
        pending.woken += numbers.map { ($0, producer) }
        for number in numbers {
            guard let row = try write.transaction.pendingMessage(number), row.state == .half, let due = row.due,
                due > write.now
            else { continue }
            try write.transaction.delete(.checkBack(number, due: due))
            try arm(row, at: write.now, in: write)
        }
        return .success(numbers.count)
    }
}
