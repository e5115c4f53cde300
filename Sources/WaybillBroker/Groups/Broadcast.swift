import Synchronization
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Groups in which every client gets every message, from a position of its own, in memory, from the newest on.
extension Receiver {
    /// What a client has not seen yet. Nothing is in flight, nothing comes twice, and nothing is held back for it.
    func broadcast(
        _ reception: Reception, _ group: GroupNumber, _ queues: [StoredQueueNumber]
    ) throws -> [Delivery] {
        groups.begin(reception, group)
        let share = groups.takeReadingBytes()
        defer { groups.giveBack(readingBytes: share) }
        var bytes = 0
        var deliveries: [Delivery] = []
        for queue in queues {
            while deliveries.count < reception.max, deliveries.isEmpty || bytes < share {
                guard var look = groups.position(of: reception, group, queue) else { break }
                look.bytesMax = share - bytes
                let found = try read(look)
                bytes += found.reduce(0) { $0 + ($1.content == nil ? 0 : $1.bytes) }
                var seen: Int64?
                for one in found where deliveries.count < reception.max {
                    seen = one.offset + 1
                    guard one.content != nil else { continue }
                    let grant = Granted(
                        place: look.key.place(one.offset), epoch: 0, attempt: 0, nonce: 0, until: world.now(),
                        isReplayed: false)
                    var delivery = delivery(one, grant, look, group)
                    delivery.attempt = 1
                    deliveries.append(delivery)
                }
                guard let seen else { break }
                groups.move(reception.client, of: group, queue, to: seen)
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
    func begin(_ reception: Reception, _ group: GroupNumber) {
        state.withLock { state in
            guard let topic = state.topics[reception.subscription.topic] else { return }
            state.groups[group]?.clients[reception.client]?.begin(topic, at: state.ends)
        }
    }

    /// Where a client of a broadcast group looks next in a queue; nil: it has seen all. A new client begins at the end.
    fileprivate func position(of reception: Reception, _ group: GroupNumber, _ queue: StoredQueueNumber) -> Look? {
        state.withLock { state in
            guard let known = state.queues[queue], let topic = state.topics[known.topic],
                let use = state.groups[group]?.filters[reception.subscription.key(of: topic)]
            else { return nil }
            let end = state.ends[queue] ?? 0
            state.groups[group]?.clients[reception.client]?.begin(topic, at: state.ends)
            let next = state.groups[group]?.clients[reception.client]?.positions[queue] ?? 0
            guard next < end else { return nil }
            return Look(
                key: CourseKey(group: group, queue: queue), topic: topic, queue: known.queue, epoch: 0,
                source: .fresh(Array(next..<min(end, next + Int64(reception.max)))), taking: .memory,
                filterNumber: use.number, filter: use.filter, others: [], isFIFO: false, origin: nil,
                max: reception.max)
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
