package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Deletes a dead letter: what it says is gone, and it is never given back. Its place stays, so that a queue has no
/// holes that damage could hide behind.
package struct DeleteDeadLetter: BrokerVerb {
    var group: GroupName
    var id: MessageID
    /// Where it lies among the dead letters of the group.
    var offset: Int64

    package init(_ id: MessageID, at offset: Int64, of group: GroupName) {
        self.group = group
        self.id = id
        self.offset = offset
    }

    package func act(_ answer: Void, by origin: Origin) -> Act? {
        Act("$dead_letter_deleted", ["group": .text(group.text.string), "id": .text(id.text.string)])
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        try broker.deleteDeadLetter(id, at: offset, of: group, in: write)
    }
}

extension Broker {
    /// Deletes a dead letter that waits for a redrive, or is done.
    func deleteDeadLetter(
        _ id: MessageID, at offset: Int64, of name: GroupName, in write: borrowing Write
    ) throws -> BrokerReply<Void> {
        guard let group = try groupNumber(name, in: write) else { return .refused(.unknownGroup(name)) }
        let unknown = MessageRefusal.unknownMessage("\(id) among the dead letters of \(name)")
        guard let shelf = try DeadLetterShelf(of: group, in: write.transaction),
            let topic = try TopicState(.deadLetters(of: name), in: write.transaction)
        else { return .refused(unknown) }
        let key = CursorKey(group: group.number, queue: shelf.queue)
        guard let stored = try write.transaction.message(at: key.place(offset)),
            let letter = try shelf.letter(stored, in: write.transaction)?.letter, letter.id == id
        else { return .refused(unknown) }
        let row = try write.transaction.redelivery(of: group.number, at: stored.place)
        if let row, row.state != .parked {
            return .refused(
                .notForThisGroup(name, problem: "\(id) was given back and is not finished; delete it when it is"))
        }
        pending.topics[topic.name] = topic
        pending.deadLetters[group.number] = shelf.queue
        try openCursor(key, in: write)
        if let row { try delete(row, in: write) } else if isFree(offset, in: key) { finish(offset, in: key) }
        try empty(stored, in: write)
        return .done
    }

    /// Takes away what a message says, with the ways by which it is found, and its bytes off the size of its queue.
    private func empty(_ stored: StoredMessage, in write: borrowing Write) throws {
        let before = try bytes(at: stored.place, in: write)
        let place = stored.place
        let heads = try write.transaction.messageHeads(in: place.queue, fromOffset: place.offset, limit: 1)
        for head in heads where head.place == place { try write.transaction.delete(MessageIndex.rows(of: head)) }
        let properties = [Self.deletedAtProperty: Text("\(write.now.milliseconds)")]
        try write.transaction.empty(stored.place, leaving: MessageRow.object(properties))
        var size = try write.transaction.size(of: stored.place.queue)
        guard stored.place.offset < size.through else { return }
        size.bytes = max(0, size.bytes + (try bytes(at: stored.place, in: write)) - before)
        try write.transaction.setSize(size, of: stored.place.queue)
    }

    private func bytes(at place: MessagePlace, in write: borrowing Write) throws -> Int64 {
        try write.transaction.measureMessages(
            in: place.queue, fromOffset: place.offset, below: place.offset + 1, limit: 1
        ).bytes
    }
}
