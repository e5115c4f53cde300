package import WaybillCore
import WaybillStore

/// Looking messages up by id, by key and by time.
///
/// The index of keys is written some time after the messages, so what it has not reached yet is looked at one by one.
/// Each step is a separate read, so a long search delays no checkpoint.
extension MessageReader {
    /// Messages of one name that are looked at; more are not told apart from an attack on the index.
    private static let candidatesMax = 10_000
    /// Events whose messages are looked at in one read.
    private static let eventsMax = 100
    /// Days that a search goes back from the newest: a damaged day must not make an endless way.
    private static let daysMax: Int64 = 36_525

    /// The visible messages of this id: one, unless its producer has sent it twice.
    package func messages(id: MessageID, limit: Int = 100) throws -> [MessageView] {
        if id.sentBy != nil {
            return try store.read { rows in
                guard let (event, ordinal) = try rows.sender(of: id) else { return [] }
                let sent = try rows.messages(ofEventsFrom: event, upTo: event, limit: Self.pageMax)
                return try sent.filter { $0.message.ordinal == ordinal }.compactMap { try view($0, in: rows) }
            }
        }
        return try search(id.text, in: nil, limit: limit) { $0.id == id }
    }

    /// The visible messages with a key, the newest day first.
    package func messages(key: Text, in topic: TopicName? = nil, limit: Int = 100) throws -> [MessageView] {
        let limit = min(max(1, limit), Self.pageMax)
        let isWanted = { (view: MessageView) in view.keys.contains(key) && (topic ?? view.topic) == view.topic }
        var found = try search(key, in: topic, limit: limit, isWanted)
        let seen = Set(found.map(\.place))
        found += try sent(withKey: key, limit: limit, isWanted).filter { !seen.contains($0.place) }
        return Array(found.sorted { $0.isBefore($1) }.suffix(limit))
    }

    /// The messages of a topic that became visible at a moment or later, in order of it.
    package func messages(in topic: TopicName, from moment: Moment, limit: Int) throws -> [MessageView] {
        let limit = min(max(1, limit), Self.pageMax)
        return try store.read { rows in
            guard let number = try rows.topic(topic) else { return [] }
            var views: [MessageView] = []
            for queue in try rows.storedQueues(of: number) {
                let first = try rows.offset(of: queue.number, visibleFrom: moment)
                for message in try rows.messages(in: queue.number, fromOffset: first, limit: limit) {
                    views.append(try view(message, of: queue, in: rows))
                }
            }
            views.sort { $0.isBefore($1) }
            return Array(views.prefix(limit))
        }
    }

    /// One page of them after a place. Nil: there is no such topic.
    ///
    /// - Parameter bytesMax: once its bodies have as many bytes the page ends, and may be short.
    /// - Returns: with whether there is more.
    package func page(
        in topic: TopicName, from moment: Moment, after last: MessageListPlace?, limit: Int, bytesMax: Int
    ) throws -> (messages: [MessageView], isMore: Bool)? {
        let limit = min(max(1, limit), Self.pageMax)
        return try store.read { rows in
            guard let number = try rows.topic(topic) else { return nil }
            var lines: [ReadingLine] = []
            for queue in try rows.storedQueues(of: number) {
                lines.append(ReadingLine(queue, from: try first(of: queue.number, from: moment, after: last, in: rows)))
            }
            var found: [MessageView] = []
            var bytes = 0
            while found.count < limit, bytes < bytesMax {
                for index in lines.indices where lines[index].next == nil && !lines[index].isOver {
                    // One by one: the largest messages are far larger than a page.
                    let line = lines[index]
                    let stored = try rows.messages(in: line.queue.number, fromOffset: line.offset, limit: 1).first
                    lines[index].next = try stored.map { try view($0, of: line.queue, in: rows) }
                    lines[index].isOver = stored == nil
                    lines[index].offset = stored.map { $0.place.offset + 1 } ?? line.offset
                }
                let waiting = lines.indices.filter { lines[$0].next != nil }
                let least = waiting.min { left, right in
                    guard let one = lines[left].next, let other = lines[right].next else { return false }
                    return one.isBefore(other)
                }
                guard let least, let message = lines[least].next else { return (found, false) }
                lines[least].next = nil
                bytes += message.body.count
                found.append(message)
            }
            return (found, true)
        }
    }

    /// The first offset of a queue that a page may show.
    private func first<Rows: TableReader & ~Copyable>(
        of queue: StoredQueueNumber, from moment: Moment, after last: MessageListPlace?, in rows: borrowing Rows
    ) throws -> Int64 {
        guard let last else { return try rows.offset(of: queue, visibleFrom: moment) }
        if queue.number == last.queue { return last.offset < .max ? last.offset + 1 : last.offset }
        // Of what became visible at the same time, queues with lower numbers come first.
        let start = queue.number > last.queue ? last.storedAt : last.storedAt.advanced(by: Interval(milliseconds: 1))
        return try rows.offset(of: queue, visibleFrom: start)
    }

    func search(
        _ name: Text, in topic: TopicName?, limit: Int, _ isWanted: (MessageView) -> Bool
    ) throws -> [MessageView] {
        let limit = min(max(1, limit), Self.pageMax)
        var found: [MessagePlace: MessageView] = [:]
        // The tail first: what is indexed between the two looks is then found twice, and never missed.
        for view in try searchTail(name, in: topic, limit: limit, isWanted) {
            found[MessagePlace(view.place)] = view
        }
        guard let days = try store.read({ rows in try indexedDays(rows) }) else { return sorted(found, limit) }
        for day in days.reversed() where found.count < limit {
            try store.read { rows in
                for place in try rows.places(ofKey: name, day: day, limit: Self.candidatesMax) {
                    guard found.count < limit, found[place] == nil, let message = try rows.message(at: place),
                        let view = try view(message, in: rows), (topic ?? view.topic) == view.topic, isWanted(view)
                    else { continue }
                    found[place] = view
                }
            }
        }
        return sorted(found, limit)
    }

    private func sorted(_ found: [MessagePlace: MessageView], _ limit: Int) -> [MessageView] {
        Array(found.values.sorted { $0.isBefore($1) }.suffix(limit))
    }

    /// Messages that have a key from the events that sent them.
    private func sent(
        withKey key: Text, limit: Int, _ isWanted: (MessageView) -> Bool
    ) throws -> [MessageView] {
        var found: [MessageView] = []
        var last = Position(0)
        while found.count < limit {
            let page = try store.read { rows -> [Position] in
                let events = try contents.events(withKey: key, after: last, limit: Self.eventsMax, in: rows)
                for event in events {
                    for message in try rows.messages(ofEventsFrom: event, upTo: event, limit: Self.pageMax) {
                        guard let view = try view(message, in: rows), isWanted(view) else { continue }
                        found.append(view)
                    }
                }
                return events
            }
            guard page.count == Self.eventsMax, let end = page.last else { break }
            last = end
        }
        return found
    }

    private func indexedDays<Rows: TableReader & ~Copyable>(_ rows: borrowing Rows) throws -> ClosedRange<Int64>? {
        guard let first = try rows.earliestMessageKeyDay(), let last = try rows.latestMessageKeyDay() else {
            return nil
        }
        let earliest = last > .min + Self.daysMax ? max(first, last - Self.daysMax) : first
        return earliest...max(earliest, last)
    }

    /// Messages that are not indexed yet.
    private func searchTail(
        _ name: Text, in topic: TopicName?, limit: Int, _ isWanted: (MessageView) -> Bool
    ) throws -> [MessageView] {
        var found: [MessageView] = []
        var walk = PageWalk(after: StoredQueueNumber(0), by: \StoredQueueRow.number, limit: Self.pageMax)
        while let queues = try walk.next({ last, limit in
            try store.read { rows in try rows.storedQueues(after: last, limit: limit) }
        }) {
            for queue in queues where found.count < limit && (topic ?? queue.topic) == queue.topic {
                var from: Int64?
                while found.count < limit, try searchTail(name, of: queue, from: &from, &found, isWanted) {}
            }
        }
        return found
    }

    /// One page of a queue's tail; false: it was the last.
    private func searchTail(
        _ name: Text, of queue: StoredQueueRow, from: inout Int64?, _ found: inout [MessageView],
        _ isWanted: (MessageView) -> Bool
    ) throws -> Bool {
        let start = from
        let (next, views) = try store.read { rows -> (Int64?, [MessageView]) in
            let indexed = try start ?? rows.indexedThrough(queue.number)
            let first = min(max(indexed, 0), MessagePlace.offsetMax)
            let heads = try rows.messageHeads(in: queue.number, fromOffset: first, limit: Self.pageMax)
            var views: [MessageView] = []
            for head in heads {
                guard head.names.contains(name), let message = try rows.message(at: head.place),
                    let view = try view(message, in: rows),
                    isWanted(view)
                else { continue }
                views.append(view)
            }
            return (heads.count == Self.pageMax ? heads.last.map { $0.place.offset + 1 } : nil, views)
        }
        found += views
        from = next
        return next != nil
    }

    /// A stored message as it is shown; nil: its topic is deleted, or its queue unknown.
    func view<Rows: TableReader & ~Copyable>(
        _ message: StoredMessage, in rows: borrowing Rows
    ) throws -> MessageView? {
        let before = StoredQueueNumber(message.place.queue.number &- 1)
        guard let queue = try rows.storedQueues(after: before, limit: 1).first, queue.number == message.place.queue,
            let topic = try rows.topic(queue.topic),
            try rows.storedQueue(topic: topic, lane: queue.lane, priority: queue.priority) == queue.number
        else { return nil }
        return try view(message, of: queue, in: rows)
    }

    private func view<Rows: TableReader & ~Copyable>(
        _ message: StoredMessage, of queue: StoredQueueRow, in rows: borrowing Rows
    ) throws -> MessageView {
        let row = message.message
        let event = try row.event.flatMap { position in
            try contents.content(of: row, by: position, needsBody: row.body == nil, in: rows)
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

/// A place in the list of a topic's messages by time.
package struct MessageListPlace: Hashable, Sendable {
    package let storedAt: Moment
    package let queue: Int64
    package let offset: Int64

    package init(storedAt: Moment, queue: Int64, offset: Int64) {
        self.storedAt = storedAt
        self.queue = queue
        self.offset = offset
    }
}

/// How far a page has read one queue of its topic.
private struct ReadingLine {
    let queue: StoredQueueRow
    /// The next one to read.
    var offset: Int64
    /// Read and not shown yet.
    var next: MessageView?
    var isOver = false

    init(_ queue: StoredQueueRow, from offset: Int64) {
        self.queue = queue
        self.offset = offset
    }
}

extension MessageView {
    /// Where it stands in the list of its topic.
    package var listPlace: MessageListPlace {
        MessageListPlace(storedAt: storedAt, queue: place.queue, offset: place.offset)
    }

    fileprivate func isBefore(_ other: MessageView) -> Bool {
        (storedAt, place.queue, place.offset) < (other.storedAt, other.place.queue, other.place.offset)
    }
}

extension MessagePlace {
    init(_ origin: MessageOrigin) {
        self.init(queue: StoredQueueNumber(origin.queue), offset: origin.offset)
    }
}
