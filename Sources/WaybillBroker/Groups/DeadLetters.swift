import Synchronization
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Messages that a group has given up, and bringing them back.
///
/// A dead letter is a copy in the topic `%DLQ%group`, so it stays when retention takes the original. Redrive gives the
/// group a redelivery of that copy. What dies from there, or in any topic of dead letters, is parked where it lies:
/// dead letters have no dead letters.
extension Broker {
    static let reasonProperty: Text = "__reason"
    /// When a dead letter that was given back died again, in milliseconds.
    static let diedAtProperty: Text = "__died_at"
    static let orderProperty: Text = "__order"

    /// Moves a message to the dead letters of a group, in the same write in which it stops being owed.
    ///
    /// - Parameter hasRow: whether the group owes it by a row; else it is on the cursor, and the caller finishes it.
    func bury(
        _ row: RedeliveryRow, _ group: GroupRow, hasRow: Bool = true, why: String, in write: borrowing Write
    ) throws {
        let stored = try hasRow ? write.transaction.redelivery(of: row.group, at: row.place) : nil
        guard let from = topicState(of: row.queue), !from.name.isDeadLetters else {
            var parked = row
            parked.state = .parked
            parked.due = nil
            parked.nonce = nil
            parked.messageGroup = nil
            if let stored {
                try update(parked, from: stored, in: write)
            } else {
                try insert(parked, in: write)
            }
            if topicState(of: row.queue)?.name == .deadLetters(of: group.name) {
                try note(why, of: row.place, in: write)
            }
            return
        }
        if let stored { try delete(stored, in: write) }
        // Retention may have taken it; then there is nothing to keep.
        guard let message = try write.transaction.message(at: row.place) else { return }
        let name = TopicName.deadLetters(of: group.name)
        let queue = try write.transaction.keepStoredQueue(topic: name, lane: "", at: write.now)
        if queues(of: name).isEmpty { pending.topics[name] = try TopicState(name, in: write.transaction) }
        let copy = try deadLetter(message, from: from.name, why: why, in: write)
        try write.transaction.append(copy, to: queue, visibleAt: write.now)
    }

    /// A dead letter has died again: it says why and when it did last.
    private func note(_ why: String, of place: MessagePlace, in write: borrowing Write) throws {
        guard let message = try write.transaction.message(at: place)?.message else { return }
        var properties = try MessageContent.properties(message.properties)
        properties[Self.reasonProperty] = Text(String(why.prefix(200)))
        properties[Self.diedAtProperty] = Text("\(write.now.milliseconds)")
        try write.transaction.setProperties(MessageRow.object(properties), of: place)
    }

    private func deadLetter(
        _ stored: StoredMessage, from topic: TopicName, why: String, in write: borrowing Write
    ) throws -> MessageRow {
        var message = stored.message
        let event = try message.event.flatMap { position in
            try contents.content(
                of: message, by: position, needsBody: message.body == nil, in: write.transaction)
        }
        let content = try MessageContent(message, event: event)
        var properties = try MessageContent.properties(message.properties)
        properties[MessageContent.originTopic] = topic.text
        properties[MessageContent.originID] = content.id.text
        properties[Self.reasonProperty] = Text(String(why.prefix(200)))
        properties[MessageContent.traceProperty] = content.trace
        properties[Self.orderProperty] = content.order?.text
        message.key = message.key ?? event?.order.text
        message.messageGroup = content.messageGroup
        message.body = content.body
        message.properties = MessageRow.object(properties)
        message.id = content.id.text
        message.event = nil
        message.ordinal = 0
        return message
    }

    /// Gives a group its dead letters again, the oldest first: those that were not given back before, and those that
    /// died again since. Answers how many.
    func redrive(_ name: GroupName, limit: Int, in write: borrowing Write) throws -> BrokerReply {
        guard let group = try groupNumber(name, in: write) else { return .refused(.unknownGroup(name)) }
        guard (1...1_000).contains(limit) else {
            return .refused(.badSetting("limit", problem: "\(limit) is not in 1...1000"))
        }
        guard !group.isBroadcast else {
            return .refused(.notForThisGroup(name, problem: "a broadcast has no dead letters"))
        }
        guard let topic = try TopicState(.deadLetters(of: name), in: write.transaction),
            let queue = topic.queues.first(where: { $0.lane.isEmpty && $0.priority == 0 })
        else { return .redriven(0) }
        let key = CursorKey(group: group.number, queue: queue.number)
        pending.topics[topic.name] = topic
        pending.deadLetters[group.number] = queue.number
        try open(key, in: write)
        var count = 0
        let parked = try write.transaction.redeliveries(
            of: group.number, in: queue.number, state: .parked, limit: limit)
        for row in parked {
            var again = row
            again.attempt = 0
            if group.isFIFO { again.messageGroup = try write.transaction.message(at: row.place)?.message.messageGroup }
            again.state = try isBusy(again, topic, in: write) ? .waiting : .ready
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
                if try isBusy(again, topic, in: write) { again.state = .waiting }
                try insert(again, in: write)
                count += 1
            }
        }
        return .redriven(count)
    }
}
