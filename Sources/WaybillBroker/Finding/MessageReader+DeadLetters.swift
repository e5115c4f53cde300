package import WaybillCore
import WaybillStore

/// What groups have given up, and which lanes there are.
extension MessageReader {
    /// The dead letters of a group, the oldest first; nil: there is no such group.
    package func deadLetters(of name: GroupName, limit: Int) throws -> [DeadLetter]? {
        var letters: [DeadLetter] = []
        var next: Int64 = 0
        while letters.count < limit {
            let size = min(limit - letters.count, Self.pageMax)
            guard let page = try deadLetters(of: name, from: &next, limit: size) else { return nil }
            letters += page
            if page.count < size { break }
        }
        return letters
    }

    /// One page, from an offset on, which becomes that of the next page.
    private func deadLetters(of name: GroupName, from next: inout Int64, limit: Int) throws -> [DeadLetter]? {
        let (letters, end) = try store.read { [next] rows -> ([DeadLetter]?, Int64) in
            guard let group = try rows.group(name) else { return (nil, next) }
            guard let topic = try rows.topic(.deadLetters(of: name)),
                let queue = try rows.storedQueue(topic: topic, lane: "", priority: 0)
            else { return ([], next) }
            let progress = try rows.cursor(group: group.number, queue: queue).map { try Progress($0) }
            let page = try rows.messages(in: queue, fromOffset: next, limit: limit)
            let letters = try page.map { stored in
                let properties = try MessageContent.properties(stored.message.properties)
                let row = try rows.redelivery(of: group.number, at: stored.place)
                let isFinished = progress?.isFinished(stored.place.offset) ?? false
                let id = properties[MessageContent.originID].map { MessageID($0) }
                return DeadLetter(
                    id: try id ?? rows.messageID(of: stored.message),
                    topic: TopicName(properties[MessageContent.originTopic] ?? ""),
                    reason: properties[Broker.reasonProperty] ?? "",
                    diedAt: properties[Broker.diedAtProperty].flatMap { Moment(died: $0) } ?? stored.visibleAt,
                    state: row.map { $0.state == .parked ? .dead : .givenBack } ?? (isFinished ? .finished : .dead))
            }
            return (letters, page.last.map { $0.place.offset + 1 } ?? next)
        }
        next = end
        return letters
    }

    /// The lanes in which messages were sent, by name.
    package func lanes() throws -> [LaneView] {
        let closed = try store.read { rows in try rows.closedLanes() }
        var topics: [Text: Set<TopicName>] = [:]
        var walk = PageWalk(after: StoredQueueNumber(0), by: \StoredQueueRow.number, limit: Self.pageMax)
        while let page = try walk.next({ last, limit in
            try store.read { rows in try rows.storedQueues(after: last, limit: limit) }
        }) {
            for queue in page where !queue.lane.isEmpty { topics[queue.lane, default: []].insert(queue.topic) }
        }
        return topics.sorted { $0.key < $1.key }.map { lane, topics in
            LaneView(name: lane, topics: topics.sorted(), isClosed: closed.contains(lane))
        }
    }
}

extension Moment {
    /// When a dead letter says that it died.
    fileprivate init?(died text: Text) {
        guard let milliseconds = Int64(text.string) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
