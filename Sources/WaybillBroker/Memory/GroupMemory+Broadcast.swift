import Synchronization
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Where clients of broadcast groups are.
extension GroupMemory {
    /// Lets a client of a broadcast group begin, though the topic may have no queue yet.
    func begin(_ request: ReceiveRequest, _ group: GroupNumber) {
        state.withLock { state in
            guard let topic = state.topics[request.subscription.topic] else { return }
            state.groups[group]?.clients[request.client]?.begin(topic, at: state.ends)
        }
    }

    /// Where a client of a broadcast group looks next in a queue; nil: it has seen all. A new client begins at the end.
    func position(of request: ReceiveRequest, _ group: GroupNumber, _ queue: StoredQueueNumber) -> Scan? {
        state.withLock { state in
            guard let known = state.queues[queue], let topic = state.topics[known.topic],
                let use = state.groups[group]?.filters[request.subscription.key(of: topic)]
            else { return nil }
            let end = state.ends[queue] ?? 0
            state.groups[group]?.clients[request.client]?.begin(topic, at: state.ends)
            let next = state.groups[group]?.clients[request.client]?.positions[queue] ?? 0
            guard next < end else { return nil }
            return Scan(
                key: CursorKey(group: group, queue: queue), topic: topic, queue: known.queue, epoch: 0,
                source: .fresh(Array(next..<min(end, next + Int64(request.max)))), taking: .memory,
                filterNumber: use.number, filter: use.filter, others: [], isFIFO: false, origin: nil,
                max: request.max)
        }
    }

    func move(
        _ client: Text, of group: GroupNumber, _ queue: StoredQueueNumber, to offset: Int64
    ) {
        state.withLock { state in
            let old = state.groups[group]?.clients[client]?.positions[queue] ?? 0
            state.groups[group]?.clients[client]?.positions[queue] = max(old, offset)
        }
    }
}

extension Client {
    /// A client that reads a topic for the first time begins at the ends of its queues.
    fileprivate mutating func begin(_ topic: TopicState, at ends: [StoredQueueNumber: Int64]) {
        guard topics.insert(topic.number).inserted else { return }
        for queue in topic.queues { positions[queue.number] = ends[queue.number] ?? 0 }
    }
}
