import Synchronization
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Groups in which every client gets every message, from a position of its own, in memory, from the newest on.
extension Receiver {
    /// What a client has not seen yet. Nothing is in flight, nothing comes twice, and nothing is held back for it.
    func broadcast(
        _ request: ReceiveRequest, _ group: GroupNumber, _ queues: [StoredQueueNumber]
    ) throws -> [Delivery] {
        groups.begin(request, group)
        let share = groups.takeReadingBytes()
        defer { groups.giveBack(readingBytes: share) }
        var bytes = 0
        var deliveries: [Delivery] = []
        for queue in queues {
            while deliveries.count < request.max, deliveries.isEmpty || bytes < share {
                guard var scan = groups.position(of: request, group, queue) else { break }
                scan.bytesMax = share - bytes
                let found = try read(scan)
                bytes += found.reduce(0) { $0 + ($1.content == nil ? 0 : $1.bytes) }
                var seen: Int64?
                for one in found where deliveries.count < request.max {
                    seen = one.offset + 1
                    guard one.content != nil else { continue }
                    let grant = GrantedLease(
                        place: scan.key.place(one.offset), epoch: 0, attempt: 0, nonce: 0, until: world.now(),
                        isReplayed: false)
                    var delivery = delivery(one, grant, scan, group)
                    delivery.attempt = 1
                    deliveries.append(delivery)
                }
                guard let seen else { break }
                groups.move(request.client, of: group, queue, to: seen)
            }
        }
        return deliveries
    }
}

extension Client {
    /// A client that reads a topic for the first time begins at the ends of its queues.
    fileprivate mutating func begin(_ topic: TopicState, at ends: [StoredQueueNumber: Int64]) {
        guard topics.insert(topic.number).inserted else { return }
        for queue in topic.queues { positions[queue.number] = ends[queue.number] ?? 0 }
    }
}

extension GroupMemory {
    /// Lets a client of a broadcast group begin, though the topic may have no queue yet.
    func begin(_ request: ReceiveRequest, _ group: GroupNumber) {
        state.withLock { state in
            guard let topic = state.topics[request.subscription.topic] else { return }
            state.groups[group]?.clients[request.client]?.begin(topic, at: state.ends)
        }
    }

    /// Where a client of a broadcast group looks next in a queue; nil: it has seen all. A new client begins at the end.
    fileprivate func position(of request: ReceiveRequest, _ group: GroupNumber, _ queue: StoredQueueNumber) -> Scan? {
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

    fileprivate func move(
        _ client: Text, of group: GroupNumber, _ queue: StoredQueueNumber, to offset: Int64
    ) {
        state.withLock { state in
            let old = state.groups[group]?.clients[client]?.positions[queue] ?? 0
            state.groups[group]?.clients[client]?.positions[queue] = max(old, offset)
        }
    }
}
