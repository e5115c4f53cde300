package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Gives a group dead letters again, at most `limit`: first those that were given back before and died again, then
/// those that never were, each from the oldest on. Answers how many.
package struct Redrive: BrokerVerb {
    var group: GroupName
    var limit: Int
    /// Which, by their places; nil: any.
    var offsets: [Int64]?

    package init(_ group: GroupName, limit: Int, offsets: [Int64]? = nil) {
        self.group = group
        self.limit = limit
        self.offsets = offsets
    }

    package func act(_ count: Int, by origin: Origin) -> Act? {
        Act("$redrive", ["group": .text(group.text.string), "count": .number(Int64(count))])
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Int> {
        try broker.redrive(group, limit: limit, offsets: offsets, in: write)
    }
}

extension Broker {
    /// Gives a group its dead letters again: those that were given back before and died again, then those that never
    /// were, each from the oldest on. Answers how many.
    ///
    /// - Parameter offsets: which of them; nil: any.
    package func redrive(
        _ name: GroupName, limit: Int, offsets: [Int64]? = nil, in write: borrowing Write
    ) throws -> BrokerReply<Int> {
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
        if let offsets {
            for offset in offsets.prefix(limit) where try redrive(offset, key, group, topic, in: write) { count += 1 }
            return .success(count)
        }
        let parked = try write.transaction.redeliveries(
            of: group.number, in: queue.number, state: .parked, limit: limit)
        for row in parked {
            try redrive(row, group, topic, in: write)
            count += 1
        }
        let end = try write.transaction.newestOffset(of: queue.number).map { $0 + 1 } ?? 0
        for gap in progress(of: key)?.unfinished(below: end) ?? [] {
            for offset in gap {
                guard count < limit else { break }
                if try redriveFirst(offset, key, group, topic, in: write) { count += 1 }
            }
        }
        return .success(count)
    }

    /// Gives one back by its place; false: it is given back, done or gone.
    private func redrive(
        _ offset: Int64, _ key: CursorKey, _ group: GroupRow, _ topic: TopicState, in write: borrowing Write
    ) throws -> Bool {
        guard let row = try write.transaction.redelivery(of: key.group, at: key.place(offset)) else {
            return try redriveFirst(offset, key, group, topic, in: write)
        }
        guard row.state == .parked else { return false }
        try redrive(row, group, topic, in: write)
        return true
    }

    /// One that died again after it was given back.
    private func redrive(
        _ parked: RedeliveryRow, _ group: GroupRow, _ topic: TopicState, in write: borrowing Write
    ) throws {
        var again = parked
        again.attempt = 0
        if group.isFIFO { again.messageGroup = try write.transaction.messageNotes(at: parked.place)?.messageGroup }
        again.state = try isBusy(again, topic, in: write) ? .behind : .ready
        try update(again, from: parked, in: write)
    }

    /// One that was never given back; false: it is done or gone, or a look-back of an earlier release has put the
    /// cursor before one that is given back.
    private func redriveFirst(
        _ offset: Int64, _ key: CursorKey, _ group: GroupRow, _ topic: TopicState, in write: borrowing Write
    ) throws -> Bool {
        guard isFree(offset, in: key),
            try write.transaction.redelivery(of: key.group, at: key.place(offset)) == nil
        else { return false }
        guard let notes = try write.transaction.messageNotes(at: key.place(offset)) else {
            finish(offset, in: key)
            return false
        }
        var again = RedeliveryRow(
            group: key.group, queue: key.queue, offset: offset, attempt: 0, state: .ready,
            messageGroup: group.isFIFO ? notes.messageGroup : nil)
        if try isBusy(again, topic, in: write) { again.state = .behind }
        try insert(again, in: write)
        return true
    }
}
