import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What happens when a redelivery is due.
extension Broker {
    /// A redelivery is due, or its holder's time is over.
    func redeliver(_ key: TimeoutKey, in write: borrowing Write) throws {
        guard try write.transaction.delete(key), let place = key.redeliveryPlace else { return }
        let number = GroupNumber(key.owner)
        guard let row = try write.transaction.redelivery(of: number, at: place), row.due == key.due,
            let group = groupRow(number), let topic = topicState(of: place.queue)
        else { return }
        if row.state == .held {
            let holder = committed { $0.holder(of: place, in: number) }
            try expire(
                .row(row), of: holder ?? Holder(client: "", takenAt: write.now, renews: false), group, topic, in: write)
            return
        }
        var ready = row
        ready.state = .ready
        ready.due = nil
        guard try write.transaction.update(ready, from: row) else { return }
        change(row.key) { $0.becameReady = true }
    }
}
