package import WaybillCore
import WaybillStore

/// Looking messages up: by id and by key as `MessageReader+Names.swift` says, and by time.
extension MessageReader {
    /// The visible messages of this id: one, unless its producer has sent it twice.
    package func messages(id: MessageID, limit: Int = 100) throws -> [MessageView] {
        try messages(named: .id(id), limit: limit, bytesMax: .max).messages
    }

    /// The visible messages with a key; the newest when there are more.
    package func messages(key: Text, in topic: TopicName? = nil, limit: Int = 100) throws -> [MessageView] {
        try messages(named: .key(key), in: topic, limit: limit, bytesMax: .max).messages
    }

    /// The messages of a topic that became visible at a moment or later, in order of it.
    package func messages(in topic: TopicName, from moment: Moment, limit: Int) throws -> [MessageView] {
        try page(in: topic, from: moment, after: nil, limit: limit, bytesMax: .max)?.messages ?? []
    }

    /// One page of them after a place. Nil: there is no such topic.
    ///
    /// - Parameter bytesMax: once its bodies have as many bytes the page ends, and may be short.
    /// - Returns: with the place after which the next page begins; nil: this was the last.
    package func page(
        in topic: TopicName, from moment: Moment, after last: MessageListPlace?, limit: Int, bytesMax: Int
    ) throws -> (messages: [MessageView], next: MessageListPlace?)? {
        let limit = min(max(1, limit), Self.pageMax)
        return try store.read { rows in
            guard let number = try rows.topic(topic) else { return nil }
            var readings: [QueueReading] = []
            for queue in try rows.storedQueues(of: number) {
                readings.append(try QueueReading(queue, from: moment, after: last, in: rows))
            }
            var found: [MessageView] = []
            var bytes = 0
            while found.count < limit, bytes < bytesMax {
                for index in readings.indices { try readings[index].look(rows) }
                // The heads tell which is next: the largest messages are far larger than a page.
                let next = readings.indices.compactMap { index in readings[index].next.map { (index, $0.foundPlace) } }
                    .min { $0.1 < $1.1 }
                guard let (index, place) = next else { return (found, nil) }
                readings[index].pass()
                guard let message = try rows.message(at: place.place) else { continue }
                let view = try view(message, of: readings[index].queue, in: rows)
                bytes += view.body.count
                found.append(view)
            }
            return (found, found.last.map { MessageListPlace(readings, shownThrough: $0.storedAt) })
        }
    }

    /// A stored message as it is shown; nil: its topic is deleted, or its queue unknown.
    ///
    /// - Parameter needsBody: false: what its event says is not read for it.
    func view<Rows: TableReader & ~Copyable>(
        _ message: StoredMessage, needsBody: Bool = true, in rows: borrowing Rows
    ) throws -> MessageView? {
        let before = StoredQueueNumber(message.place.queue.number &- 1)
        guard let queue = try rows.storedQueues(after: before, limit: 1).first, queue.number == message.place.queue,
            let topic = try rows.topic(queue.topic),
            try rows.storedQueue(topic: topic, lane: queue.lane, priority: queue.priority) == queue.number
        else { return nil }
        return try view(message, of: queue, needsBody: needsBody, in: rows)
    }

    private func view<Rows: TableReader & ~Copyable>(
        _ message: StoredMessage, of queue: StoredQueueRow, needsBody: Bool = true, in rows: borrowing Rows
    ) throws -> MessageView {
        let row = message.message
        let event = try row.event.flatMap { position in
            try contents.content(of: row, by: position, needsBody: needsBody && row.body == nil, in: rows)
        }
        let content = try MessageContent(row, event: event)
        return MessageView(
            id: content.id, topic: queue.topic, lane: queue.lane, priority: Int(clamping: queue.priority),
            body: content.body, tag: row.tag, keys: content.keys, properties: content.properties,
            messageGroup: content.messageGroup, bornAt: row.bornAt, storedAt: message.visibleAt, event: row.event,
            order: content.order,
            place: MessageOrigin(queue: message.place.queue.number, offset: message.place.offset))
    }
}

/// A place in the list of a topic's messages by time: how far each of its queues is shown. A message that comes later
/// is never passed over, though it has the time of one that was shown, or an earlier one of a clock that was set back.
package struct MessageListPlace: Hashable, Sendable {
    /// Queues whose place is known. Beyond them the place follows from the time, which is right while the clock goes
    /// forward.
    package static let queuesMax = 100

    /// When the last message that was shown became visible.
    package let shownThrough: Moment
    /// Of each queue, by its number, the first offset that is not shown.
    package let offsets: [Int64: Int64]

    package init(shownThrough: Moment, offsets: [Int64: Int64]) {
        self.shownThrough = shownThrough
        self.offsets = offsets
    }

    /// Of more queues than may be, those are left out of which nothing was shown for longest.
    fileprivate init(_ readings: [QueueReading], shownThrough moment: Moment) {
        let known = readings.sorted { $0.shownAt > $1.shownAt }.prefix(Self.queuesMax)
        self.init(
            shownThrough: moment,
            offsets: Dictionary(uniqueKeysWithValues: known.map { ($0.queue.number.number, $0.offset) }))
    }
}

/// How far a page has read one queue of its topic.
private struct QueueReading {
    let queue: StoredQueueRow
    /// The first that is not shown.
    private(set) var offset: Int64
    /// What lies there; nil: nothing, or it was not looked at yet.
    private(set) var next: MessageHead?
    /// When the last one that is shown became visible.
    private(set) var shownAt: Moment
    private var isOver = false

    init<Rows: TableReader & ~Copyable>(
        _ queue: StoredQueueRow, from moment: Moment, after last: MessageListPlace?, in rows: borrowing Rows
    ) throws {
        self.queue = queue
        if let last, let known = last.offsets[queue.number.number] {
            offset = min(max(known, 0), MessagePlace.offsetMax)
            shownAt = last.shownThrough
        } else {
            offset = try rows.offset(of: queue.number, visibleFrom: last?.shownThrough ?? moment)
            shownAt = Moment(milliseconds: .min)
        }
    }

    /// Looks for the next one, once.
    mutating func look<Rows: TableReader & ~Copyable>(_ rows: borrowing Rows) throws {
        guard next == nil, !isOver else { return }
        next = try rows.messageHeads(in: queue.number, fromOffset: offset, limit: 1).first
        isOver = next == nil
    }

    /// Goes on behind the next one.
    mutating func pass() {
        guard let passed = next else { return }
        offset = passed.place.offset + 1
        shownAt = passed.visibleAt
        next = nil
        isOver = offset > MessagePlace.offsetMax
    }
}

extension MessagePlace {
    init(_ origin: MessageOrigin) {
        self.init(queue: StoredQueueNumber(origin.queue), offset: origin.offset)
    }
}
