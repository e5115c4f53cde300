import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Messages that a group has given up.
///
/// A dead letter is a copy in the topic `%DLQ%group`, so it stays when retention takes the original. Redrive gives the
/// group a redelivery of that copy. What dies from there, or in any topic of dead letters, is parked where it lies:
/// dead letters have no dead letters.
extension Broker {
    static let reasonProperty: Text = "__reason"
    /// When a dead letter that was given back died again, in milliseconds.
    static let diedAtProperty: Text = "__died_at"
    /// When a dead letter was deleted, in milliseconds: only its place is left.
    static let deletedAtProperty: Text = "__deleted_at"
    static let orderProperty: Text = "__order"

    /// Moves a message to the dead letters of a group, in the same write in which it stops being owed.
    ///
    /// - Parameter hasRow: whether the group owes it by a row; else it is on the cursor, and the caller finishes it.
    func moveToDeadLetters(
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
                try keepReason(why, of: row.place, in: write)
            }
            return
        }
        if let stored { try delete(stored, in: write) }
        // Retention may have taken it; then there is nothing to keep.
        guard let message = try write.transaction.message(at: row.place) else { return }
        let name = TopicName.deadLetters(of: group.name)
        let queue = try write.transaction.keepStoredQueue(topic: name, lane: "", at: write.now)
        if queues(of: name).isEmpty { pending.topics[name] = try TopicState(name, in: write.transaction) }
        let copy = try copy(message, from: from.name, why: why, in: write)
        try write.transaction.append(copy, to: queue, visibleAt: write.now)
    }

    /// A dead letter has died again: it says why and when it did last.
    private func keepReason(_ why: String, of place: MessagePlace, in write: borrowing Write) throws {
        guard let message = try write.transaction.message(at: place)?.message else { return }
        var properties = try MessageContent.properties(message.properties)
        properties[Self.reasonProperty] = Text(String(why.prefix(200)))
        properties[Self.diedAtProperty] = Text("\(write.now.milliseconds)")
        try write.transaction.setProperties(MessageRow.object(properties), of: place)
    }

    private func copy(
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

}
