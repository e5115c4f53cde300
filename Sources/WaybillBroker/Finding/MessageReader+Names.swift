package import WaybillCore
import WaybillStore

/// By what a message is looked up.
package enum MessageName: Hashable, Sendable {
    case key(Text)
    case id(MessageID)

    /// As the index knows it.
    fileprivate var text: Text {
        switch self {
        case .key(let key): key
        case .id(let id): id.text
        }
    }

    /// Whether a message is named so in its row. What it has from its event only that one says.
    fileprivate func names(_ head: MessageHead) -> Bool {
        switch self {
        case .key(let key): head.keys.contains(key)
        case .id(let id): head.event == nil && head.id == id.text
        }
    }
}

/// Where a message stands among those that are found: by when it became visible.
package struct FoundPlace: Hashable, Comparable, Sendable {
    package let visibleAt: Moment
    package let queue: Int64
    package let offset: Int64

    package init(visibleAt: Moment, queue: Int64, offset: Int64) {
        self.visibleAt = visibleAt
        self.queue = queue
        self.offset = offset
    }

    init(visibleAt: Moment, place: MessagePlace) {
        self.init(visibleAt: visibleAt, queue: place.queue.number, offset: place.offset)
    }

    var place: MessagePlace { MessagePlace(queue: StoredQueueNumber(queue), offset: offset) }

    package static func < (left: Self, right: Self) -> Bool {
        (left.visibleAt, left.queue, left.offset) < (right.visibleAt, right.queue, right.offset)
    }
}

extension MessageHead {
    var foundPlace: FoundPlace { FoundPlace(visibleAt: visibleAt, place: place) }
}

/// Looking messages up by key and by id, the newest first.
///
/// The index is written some time after the messages, so what it has not reached yet is looked at one by one. First
/// only places are gathered; bodies are read of those that are shown. Each step is a separate read, so a long search
/// delays no checkpoint.
extension MessageReader {
    /// Messages of one name that are looked at; more are not told apart from an attack on the index.
    private static let candidatesMax = 10_000
    /// Events whose messages are looked at in one read.
    private static let eventsMax = 100
    /// Days that a search goes back from the newest: a damaged day must not make an endless way.
    private static let daysMax: Int64 = 36_525

    /// One page of the visible messages of a name, in order of time: the newest, or those before a place.
    ///
    /// - Parameter bytesMax: once its bodies have as many bytes the page ends, and may be short.
    /// - Returns: with the place before which the next page ends; nil: this was the last.
    package func messages(
        named name: MessageName, in topic: TopicName? = nil, before last: FoundPlace? = nil, limit: Int, bytesMax: Int
    ) throws -> (messages: [MessageView], next: FoundPlace?) {
        let limit = min(max(1, limit), Self.pageMax)
        // The event leads to what it has sent; copies of it among dead letters have its id, and are found by that.
        if case .id(let id) = name, id.sentBy != nil, topic?.isDeadLetters != true {
            return (try sent(id, in: topic), nil)
        }
        let (sorted, hasMore) = try places(of: name, in: topic, before: last, limit: limit)
        var found: [MessageView] = []
        var bytes = 0
        for (index, place) in sorted.enumerated() {
            guard found.count < limit, bytes < bytesMax else {
                return (found.reversed(), sorted[index - 1])
            }
            guard let view = try view(at: place.place), (topic ?? view.topic) == view.topic else { continue }
            bytes += view.body.count
            found.append(view)
        }
        return (found.reversed(), hasMore ? sorted.last : nil)
    }

    /// Where messages of a name may lie, the newest first, and whether there are earlier ones than were looked at.
    private func places(
        of name: MessageName, in topic: TopicName?, before last: FoundPlace? = nil, limit: Int
    ) throws -> (places: [FoundPlace], hasMore: Bool) {
        // The tail first: what is indexed between the two looks is then found twice, and never missed.
        var places = try placesInTail(of: name, in: topic)
        if case .key(let key) = name { places.formUnion(try placesOfEvents(key)) }
        if let last { places = places.filter { $0 < last } }
        let earliest = try addIndexed(name, before: last, limit, to: &places)
        // Of days that were not looked at others may come between.
        if let earliest { places = places.filter { MessageKeyRow.day(of: $0.visibleAt) >= earliest } }
        return (places.sorted(by: >), earliest != nil)
    }

    /// The visible messages of this id, the oldest first, with empty bodies: however often a producer has sent an id,
    /// none of what the messages say is read. The newest when there are more.
    package func messagesWithoutBodies(
        id: MessageID, in topic: TopicName? = nil, limit: Int = 100
    ) throws -> [MessageView] {
        if id.sentBy != nil, topic?.isDeadLetters != true { return try sent(id, in: topic, needsBody: false) }
        var found: [MessageView] = []
        for place in try places(of: .id(id), in: topic, limit: limit).places where found.count < limit {
            let head = try store.read { rows in
                try rows.messageWithoutBody(at: place.place).flatMap { try view($0, needsBody: false, in: rows) }
            }
            if let head, (topic ?? head.topic) == head.topic { found.append(head) }
        }
        return found.reversed()
    }

    /// The visible message of this id; of one that its producer has sent twice the first.
    package func message(id: MessageID) throws -> MessageView? {
        guard let first = try messagesWithoutBodies(id: id).first else { return nil }
        return try view(at: MessagePlace(first.place))
    }

    private func view(at place: MessagePlace) throws -> MessageView? {
        try store.read { rows in try rows.message(at: place).flatMap { try view($0, in: rows) } }
    }

    /// The message of an event that has this id.
    private func sent(_ id: MessageID, in topic: TopicName?, needsBody: Bool = true) throws -> [MessageView] {
        try store.read { rows in
            guard let (event, ordinal) = try rows.sender(of: id) else { return [] }
            let sent = try rows.messages(ofEventsFrom: event, upTo: event, limit: Self.pageMax)
            return try sent.filter { $0.message.ordinal == ordinal }
                .compactMap { try view($0, needsBody: needsBody, in: rows) }
                .filter { (topic ?? $0.topic) == $0.topic }
        }
    }

    /// Adds what the index knows, day by day from the newest, until there is more than a page.
    ///
    /// - Returns: the last day that was looked at; nil: all were.
    private func addIndexed(
        _ name: MessageName, before last: FoundPlace?, _ limit: Int, to places: inout Set<FoundPlace>
    ) throws -> Int64? {
        guard let days = try store.read({ rows in try indexedDays(rows) }) else { return nil }
        var count = 0
        for day in days.reversed() {
            let heads = try store.read { rows in
                try rows.places(ofKey: name.text, day: day, limit: Self.candidatesMax)
                    .compactMap { try rows.messageHead(at: $0) }
            }
            let found = heads.filter(name.names).map(\.foundPlace).filter { place in last.map { place < $0 } ?? true }
            places.formUnion(found)
            count += found.count
            if count > limit, day > days.lowerBound { return day }
        }
        return nil
    }

    private func indexedDays<Rows: TableReader & ~Copyable>(_ rows: borrowing Rows) throws -> ClosedRange<Int64>? {
        guard let first = try rows.earliestMessageKeyDay(), let last = try rows.latestMessageKeyDay() else {
            return nil
        }
        let earliest = last > .min + Self.daysMax ? max(first, last - Self.daysMax) : first
        return earliest...max(earliest, last)
    }

    /// Messages that have a key from the events that sent them.
    private func placesOfEvents(_ key: Text) throws -> Set<FoundPlace> {
        var places: Set<FoundPlace> = []
        var last = Position(0)
        while places.count < Self.candidatesMax {
            let page = try store.read { rows -> [Position] in
                let events = try contents.events(withKey: key, after: last, limit: Self.eventsMax, in: rows)
                for event in events {
                    for message in try rows.messages(ofEventsFrom: event, upTo: event, limit: Self.pageMax)
                    where message.message.key == nil {
                        places.insert(FoundPlace(visibleAt: message.visibleAt, place: message.place))
                    }
                }
                return events
            }
            guard page.count == Self.eventsMax, let end = page.last else { break }
            last = end
        }
        return places
    }

    /// Messages that are not indexed yet.
    private func placesInTail(of name: MessageName, in topic: TopicName?) throws -> Set<FoundPlace> {
        var places: Set<FoundPlace> = []
        var walk = PageWalk(after: StoredQueueNumber(0), by: \StoredQueueRow.number, limit: Self.pageMax)
        while let queues = try walk.next({ last, limit in
            try store.read { rows in try rows.storedQueues(after: last, limit: limit) }
        }) {
            for queue in queues where (topic ?? queue.topic) == queue.topic {
                var from: Int64?
                while places.count < Self.candidatesMax, try addTail(of: queue.number, from: &from, name, &places) {}
            }
        }
        return places
    }

    /// One page of a queue's tail; false: it was the last.
    private func addTail(
        of queue: StoredQueueNumber, from: inout Int64?, _ name: MessageName, _ places: inout Set<FoundPlace>
    ) throws -> Bool {
        let start = from
        let heads = try store.read { rows in
            let indexed = try start ?? rows.indexedThrough(queue)
            let first = min(max(indexed, 0), MessagePlace.offsetMax)
            return try rows.messageHeads(in: queue, fromOffset: first, limit: Self.pageMax)
        }
        places.formUnion(heads.lazy.filter(name.names).map(\.foundPlace))
        guard heads.count == Self.pageMax, let last = heads.last, last.place.offset < MessagePlace.offsetMax else {
            return false
        }
        from = last.place.offset + 1
        return true
    }
}
