import WaybillBroker
package import WaybillCore
package import WaybillStore
import WaybillTimeouts

/// What follows from an event in the same write: messages, timeouts, quota rows.
extension CommandHandler {
    /// Appends the messages of an event to their topics; delayed ones wait with a timeout of their own, and half ones
    /// for the answer to their call. Answers the numbers of the half ones, in order.
    func send(
        _ outcome: Outcome, of event: Position, _ header: EventHeader, in write: borrowing Write
    ) throws -> [PendingMessageNumber] {
        var halves: [PendingMessageNumber] = []
        let now = header.at
        for (ordinal, message) in outcome.messages.enumerated() {
            let row = MessageRow(
                event: event, ordinal: Int64(ordinal), bornAt: now, tag: message.tag, key: message.key,
                messageGroup: message.messageGroup, properties: message.propertiesJSON, body: message.body)
            if message.isHalf, halves.count < outcome.called.count {
                let topic = try write.transaction.keepTopic(message.topic, at: now)
                halves.append(
                    try broker.keepHalf(
                        row, of: Engine.callProducer, in: topic, lane: header.lane,
                        until: outcome.called[halves.count].deadline, in: write))
            } else if let due = message.deliverAt {
                let topic = try write.transaction.keepTopic(message.topic, at: now)
                _ = try broker.keepDelayed(row, in: topic, lane: header.lane, until: due, event: event, in: write)
            } else {
                try broker.append(row, to: message.topic, lane: header.lane, in: write)
            }
        }
        return halves
    }

    /// Brings the timeout rows of an order from what they were to what they are.
    ///
    /// - Parameters:
    ///   - old: the rows that are there; without one that fired, which is deleted already.
    ///   - event: what gives new rows their due time.
    func replaceTimeouts(
        of order: Order, old: some Sequence<Order.PendingTimeout>, event: Position, in write: inout Write
    ) throws {
        let old = Array(old)
        for timeout in old where !order.timeouts.contains(timeout) {
            try write.transaction.delete(order.key(of: timeout))
        }
        for timeout in order.timeouts where !old.contains(timeout) {
            try write.transaction.insert(order.key(of: timeout), cause: event)
            write.arm(timeout.due)
            guard let horizon = write.firing.horizon, timeout.due <= horizon else { continue }
            write.firing.armed.append((order.number, timeout))
            write.firing.isBehind = true
        }
    }

    /// Opens the quota rows that a decision uses first: each by an event in its stream, before the order's event.
    func openQuotas(_ lines: [ReserveLine], in write: borrowing Write) throws {
        for line in lines {
            try move(
                Movement(.receive, line.key, line.quota?.asLimit ?? 0), EventHeader(type: .stockOpened, at: write.now),
                in: write)
        }
    }

    /// Brings purchase limits to what the orders of a decision say: each by an event in its stream.
    func changeLimits(_ changes: [(key: StockKey, by: Int64)], in write: borrowing Write) throws {
        for change in changes {
            try move(
                Movement(.adjust, change.key, change.by), EventHeader(type: .limitChanged, at: write.now), in: write)
            guard let row = stock.row(change.key), let limit = row.level.purchaseLimit else { continue }
            try write.transaction.setPurchaseLimit(of: row.number, to: limit)
        }
    }

    /// Opens the stock, empty, of a place that had none of a SKU, when goods come back there.
    func openPlaces(of movements: [Movement], in write: borrowing Write) throws {
        for movement in movements where movement.kind == .adjust && stock.row(movement.key) == nil {
            try move(Movement(.adjust, movement.key, 0), EventHeader(type: .stockOpened, at: write.now), in: write)
        }
    }
}

extension Order {
    package func key(of timeout: PendingTimeout) -> TimeoutKey {
        TimeoutKey(kind: .order, due: timeout.due, owner: number.number, name: timeout.name.text)
    }
}

extension OutgoingMessage {
    /// The user properties as one JSON object; nil: none.
    var propertiesJSON: Text? {
        guard !properties.isEmpty else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        for property in properties {
            writer.key(named: property.name)
            writer.text(property.value)
        }
        writer.endObject()
        return Text(String(decoding: writer.bytes, as: UTF8.self))
    }
}
