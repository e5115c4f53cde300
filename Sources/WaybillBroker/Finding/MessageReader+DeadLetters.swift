package import WaybillCore
package import WaybillStore

/// A dead letter with its place among those of its group.
package struct PlacedDeadLetter: Sendable {
    package let offset: Int64
    package let letter: DeadLetter
}

/// What groups have given up.
extension MessageReader {
    /// The dead letters of a group, the oldest first; nil: there is no such group.
    package func deadLetters(of name: GroupName, limit: Int) throws -> [DeadLetter]? {
        var letters: [DeadLetter] = []
        var next: Int64? = 0
        while let from = next, letters.count < limit {
            guard let page = try deadLetters(of: name, from: from, limit: limit - letters.count) else { return nil }
            letters += page.letters.map(\.letter)
            next = page.next
        }
        return letters
    }

    /// One page of them, from an offset on. It may be short, even empty, while there is more.
    ///
    /// - Returns: with the offset at which the next page begins; nil: this was the last.
    package func deadLetters(
        of name: GroupName, from offset: Int64, limit: Int
    ) throws -> (letters: [PlacedDeadLetter], next: Int64?)? {
        try store.read { rows in try DeadLetterShelf.page(of: name, from: offset, limit: limit, in: rows) }
    }

    /// One page of the dead letters of a group that had this id, each with what it says, the newest page first: one
    /// letter, unless its producer has sent it twice.
    ///
    /// - Parameter bytesMax: once its bodies have as many bytes the page ends, and may be short.
    /// - Returns: with the place before which the next page ends; nil: this was the last. Nil: there is no such group.
    package func deadLetters(
        of name: GroupName, id: MessageID, before last: FoundPlace? = nil, limit: Int = Self.pageMax,
        bytesMax: Int = .max
    ) throws -> (letters: [(letter: PlacedDeadLetter, message: MessageView)], next: FoundPlace?)? {
        guard try store.read({ rows in try rows.group(name) }) != nil else { return nil }
        let page = try messages(
            named: .id(id), in: .deadLetters(of: name), before: last, limit: limit, bytesMax: bytesMax)
        guard let letters = try letters(page.messages, of: name) else { return nil }
        return (letters, page.next)
    }

    /// The dead letters of a group that had this id, the oldest first, without what they say. Nil: there is no such
    /// group.
    package func deadLettersWithoutBodies(of name: GroupName, id: MessageID) throws -> [PlacedDeadLetter]? {
        guard try store.read({ rows in try rows.group(name) }) != nil else { return nil }
        let found = try messagesWithoutBodies(id: id, in: .deadLetters(of: name), limit: Self.pageMax)
        return try letters(found, of: name)?.map(\.letter)
    }

    private func letters(
        _ views: [MessageView], of name: GroupName
    ) throws -> [(letter: PlacedDeadLetter, message: MessageView)]? {
        try store.read { rows in
            guard let group = try rows.group(name) else { return nil }
            guard let shelf = try DeadLetterShelf(of: group, in: rows) else { return [] }
            return try views.compactMap { view in
                guard let message = try rows.messageWithoutBody(at: MessagePlace(view.place)),
                    let letter = try shelf.letter(message, in: rows)
                else { return nil }
                return (letter, view)
            }
        }
    }
}

/// Where the dead letters of a group lie, and which of them are finished.
package struct DeadLetterShelf {
    let group: GroupNumber
    let queue: StoredQueueNumber
    private let progress: Progress?

    /// Nil: the group has none.
    init?<Rows: TableReader & ~Copyable>(of row: GroupRow, in rows: borrowing Rows) throws {
        guard let topic = try rows.topic(.deadLetters(of: row.name)),
            let queue = try rows.storedQueue(topic: topic, lane: "", priority: 0)
        else { return nil }
        group = row.number
        self.queue = queue
        progress = try rows.cursor(group: row.number, queue: queue).map { try Progress($0) }
    }

    /// One page of a group's dead letters, from an offset on; nil: there is no such group.
    package static func page<Rows: TableReader & ~Copyable>(
        of name: GroupName, from offset: Int64, limit: Int, in rows: borrowing Rows
    ) throws -> (letters: [PlacedDeadLetter], next: Int64?)? {
        let limit = min(max(1, limit), MessageReader.pageMax)
        guard let group = try rows.group(name) else { return nil }
        guard let shelf = try DeadLetterShelf(of: group, in: rows) else { return ([], nil) }
        let page = try rows.messagesWithoutBodies(in: shelf.queue, fromOffset: offset, limit: limit)
        return (
            letters: try page.compactMap { try shelf.letter($0, in: rows) },
            next: page.count == limit ? page.last.map { $0.place.offset + 1 } : nil
        )
    }

    /// Behind the newest of a group's dead letters.
    package static func end<Rows: TableReader & ~Copyable>(
        of name: GroupName, in rows: borrowing Rows
    ) throws -> Int64? {
        guard let group = try rows.group(name) else { return nil }
        return try DeadLetterShelf(of: group, in: rows).map { try rows.nextOffset(of: $0.queue) } ?? 0
    }

    /// A stored message as a dead letter; nil: it was deleted.
    func letter<Rows: TableReader & ~Copyable>(
        _ stored: StoredMessage, in rows: borrowing Rows
    ) throws -> PlacedDeadLetter? {
        let properties = try MessageContent.properties(stored.message.properties)
        guard properties[Broker.deletedAtProperty] == nil else { return nil }
        let row = try rows.redelivery(of: group, at: stored.place)
        let isFinished = progress?.isFinished(stored.place.offset) ?? false
        let id = properties[MessageContent.originID].map { MessageID($0) }
        let letter = DeadLetter(
            id: try id ?? rows.messageID(of: stored.message),
            topic: TopicName(properties[MessageContent.originTopic] ?? ""),
            reason: properties[Broker.reasonProperty] ?? "",
            diedAt: properties[Broker.diedAtProperty].flatMap { Moment(died: $0) } ?? stored.visibleAt,
            state: row.map { $0.state == .parked ? .dead : .givenBack } ?? (isFinished ? .finished : .dead))
        return PlacedDeadLetter(offset: stored.place.offset, letter: letter)
    }
}

extension Moment {
    /// When a dead letter says that it died.
    fileprivate init?(died text: Text) {
        guard let milliseconds = Int64(text.string) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
