import WaybillCore
import WaybillEngine
import WaybillStore

/// Messages that need not be there any more: retention took them, or their topic was deleted.
struct GoneMessages {
    private struct Place: Hashable {
        var topic: TopicName
        var lane: Text
    }

    /// Up to which event the messages of a topic and lane may be gone.
    private var retained: [Place: Int64] = [:]
    /// Up to which event the messages of lanes may be gone whose queues are gone too.
    private var retainedLanes: [TopicName: Int64] = [:]
    /// When the last topic of a name was deleted.
    private var deleted: [TopicName: Moment] = [:]

    init(_ engine: Engine, queues: some Sequence<StoredQueueRow>) throws {
        for queue in queues {
            guard let last = try engine.store.read({ rows in try rows.goneThrough(queue.number) }) else {
                continue
            }
            let place = Place(topic: queue.topic, lane: queue.lane)
            retained[place] = max(retained[place] ?? 0, last)
        }
        var walk = PageWalk(after: TopicNumber(0), by: \TopicRow.number)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.topics(after: last, limit: limit) }
        }) {
            for topic in page {
                if let last = try engine.store.read({ rows in try rows.lanesGoneThrough(topic.number) }) {
                    retainedLanes[topic.name] = max(retainedLanes[topic.name] ?? 0, last)
                }
                guard let at = topic.deletedAt else { continue }
                deleted[topic.name] = max(deleted[topic.name] ?? at, at)
            }
        }
    }

    /// Whether a message may be gone that this event sent at that time.
    func contains(_ topic: TopicName, lane: Text, event: Position, at moment: Moment) -> Bool {
        if !lane.isEmpty, let last = retainedLanes[topic], event.number <= last { return true }
        if let last = retained[Place(topic: topic, lane: lane)], event.number <= last { return true }
        return deleted[topic].map { moment <= $0 } ?? false
    }
}
