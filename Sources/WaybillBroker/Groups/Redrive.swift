package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Gives a group dead letters again, at most `limit`: first those that were given back before and died again, then
/// those that never were, each from the oldest on. Answers how many.
package struct Redrive: BrokerVerb {
    var group: GroupName
    var limit: Int

    package init(_ group: GroupName, limit: Int) {
        self.group = group
        self.limit = limit
    }

    package func act(_ count: Int, by origin: Origin) -> Act? {
        Act("$redrive", ["group": .text(group.text.string), "count": .number(Int64(count))])
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Int> {
        try broker.redrive(group, limit: limit, in: write)
    }
}

extension Broker {
    /// Gives a group its dead letters again: those that were given back before and died again, then those that never
    /// were, each from the oldest on. Answers how many.
    func redrive(_ name: GroupName, limit: Int, in write: borrowing Write) throws -> BrokerReply<Int> {
        guard let group = try groupNumber(name, in: write) else { return .refused(.unknownGroup(name)) }
        guard (1...1_000).contains(limit) else {
            return .refused(.badSetting("limit", problem: "\(limit) is not in 1...1000"))
        }
        guard !group.isBroadcast else {
            return .refused(.notForThisGroup(name, problem: "a broadcast has no dead letters"))
        }
        guard let topic = try TopicState(.deadLetters(of: name), in: write.transaction),
            let queue = topic.queues.first(where: { $0.lane.isEmpty && $0.priority == 0 })
        else { return .success(0) }
        let key = CursorKey(group: group.number, queue: queue.number)
        pending.topics[topic.name] = topic
        pending.deadLetters[group.number] = queue.number
        try openCursor(key, in: write)
        var count = 0
        let parked = try write.transaction.redeliveries(
            of: group.number, in: queue.number, state: .parked, limit: limit)
        for row in parked {
            var again = row
            again.attempt = 0
            if group.isFIFO { again.messageGroup = try write.transaction.message(at: row.place)?.message.messageGroup }
            again.state = try isBusy(again, topic, in: write) ? .behind : .ready
            try update(again, from: row, in: write)
            count += 1
        }
        let end = try write.transaction.newestOffset(of: queue.number).map { $0 + 1 } ?? 0
        for gap in progress(of: key)?.unfinished(below: end) ?? [] {
            for offset in gap {
                guard count < limit else { break }
                guard isFree(offset, in: key) else { continue }
                let message = try write.transaction.message(at: key.place(offset))
                guard let message else {
                    finish(offset, in: key)
                    continue
                }
                var again = RedeliveryRow(
                    group: group.number, queue: queue.number, offset: offset, attempt: 0, state: .ready,
                    messageGroup: group.isFIFO ? message.message.messageGroup : nil)
                if try isBusy(again, topic, in: write) { again.state = .behind }
                try insert(again, in: write)
                count += 1
            }
        }
        return .success(count)
    }
}
