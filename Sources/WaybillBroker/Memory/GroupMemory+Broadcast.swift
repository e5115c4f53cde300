import WaybillCore
import WaybillStore

/// Where clients of broadcast groups are.
extension GroupMemory.State {
    /// Where a client of a broadcast group looks next in a queue; nil: it has seen all. A new client begins at the end.
    mutating func scanBroadcast(
        _ request: ReceiveRequest, _ group: GroupNumber, _ queue: StoredQueueNumber
    ) -> Scan? {
        guard let known = queues[queue], let topic = topics[known.topic],
            let use = groups[group]?.filters[request.subscription.key(of: topic)]
        else { return nil }
        let end = ends[queue] ?? 0
        groups[group]?.clients[request.client]?.begin(topic, at: ends)
        let next = groups[group]?.clients[request.client]?.positions[queue] ?? 0
        guard next < end else { return nil }
        return Scan(
            key: CursorKey(group: group, queue: queue), topic: topic, queue: known.queue, epoch: 0,
            source: .fresh(Array(next..<min(end, next + Int64(request.max)))), taking: .memory,
            filterNumber: use.number, filter: use.filter, others: [], isFIFO: false, origin: nil,
            max: request.max)
    }
}

extension Client {
    /// A client that reads a topic for the first time begins at the ends of its queues, though there may be none yet.
    mutating func begin(_ topic: TopicState, at ends: [StoredQueueNumber: Int64]) {
        guard topics.insert(topic.number).inserted else { return }
        for queue in topic.queues { positions[queue.number] = ends[queue.number] ?? 0 }
    }
}
