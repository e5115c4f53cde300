import WaybillCore
import WaybillStore

/// What lags ask of memory.
extension GroupMemory.State {
    /// A group with the topics that it reads, and that of its dead letters. A broadcast is behind in none: nothing
    /// waits for it, and each of its clients reads from where it is.
    func lagging(_ name: GroupName) -> (group: GroupNumber, topics: [TopicState])? {
        guard let number = names[name] else { return nil }
        if groups[number]?.row.isBroadcast == true { return (number, []) }
        var read = Set(subscribers.filter { $0.value.contains(number) }.keys)
        // What is among its dead letters it is told of, given back or not.
        read.insert(.deadLetters(of: name))
        return (number, read.sorted().compactMap { topics[$0] })
    }

    func end(of queue: StoredQueueNumber) -> Int64 { ends[queue] ?? 0 }

    /// Why a group takes no new messages of a topic; nil: it does.
    func heldBack(_ number: GroupNumber, _ topic: TopicState, _ settings: BrokerSettings) -> String? {
        guard let group = groups[number] else { return nil }
        for queue in topic.queues {
            guard let damage = group.damaged[queue.number] else { continue }
            return "its cursor on queue \(queue.number.number) is damaged: \(damage); a look-back begins it anew"
        }
        for queue in topic.queues {
            guard let cursor = group.cursors[queue.number], let message = cursor.unreadable,
                !cursor.progress.isFinished(message.offset)
            else { continue }
            return "the message at offset \(message.offset) of queue \(queue.number.number) cannot be read "
                + "(\(message.why)) and is passed over; a look-back past it gives it up"
        }
        if topic.queues.contains(where: { (group.cursors[$0.number]?.owed ?? 0) >= settings.owedMax }) {
            return "it owes \(settings.owedMax) messages of a queue; it goes on when some are done"
        }
        if group.inFlight >= settings.inFlightMax {
            return "\(group.inFlight) deliveries are in flight, at most \(settings.inFlightMax) may be"
        }
        if group.breaker.isOpen {
            return "half of its recent deliveries failed; it takes new messages one at a time until one succeeds"
        }
        return nil
    }

    /// What memory says of one cursor; nil: the group has none there.
    func count(of key: CursorKey, end: Int64, freshMax: Int) -> CursorCount.Memory? {
        groups[key.group].flatMap { group in
            group.cursors[key.queue].map {
                CursorCount.Memory($0, end: end, freshMax: group.row.isFIFO ? freshMax : 0)
            }
        }
    }
}
