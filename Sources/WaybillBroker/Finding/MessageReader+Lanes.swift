package import WaybillCore
import WaybillStore

/// Which lanes there are.
extension MessageReader {
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
