import Synchronization
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Which lanes there are, and whether anything goes by them.
extension GroupMemory {
    /// One page of the queues of lanes that no consumer of any group reads.
    func queuesWithoutConsumers(
        at now: Moment, after last: StoredQueueNumber, limit: Int
    ) -> [(number: StoredQueueNumber, topic: TopicName)] {
        state.withLock { state in
            guard state.laneQueues.count > 1 || state.laneQueues[""] == nil else { return [] }
            let served = state.groups.values.reduce(into: Set<Text>()) { lanes, group in
                lanes.formUnion(group.lanes(at: now, silenceMax: settings.clientSilenceMax))
            }
            let found = state.queues.filter { number, known in
                number > last && !known.queue.lane.isEmpty && !served.contains(known.queue.lane)
            }
            return found.sorted { $0.key < $1.key }.prefix(limit).map { ($0.key, $0.value.topic) }
        }
    }

    /// The cursors of all groups on a queue.
    func cursors(on queue: StoredQueueNumber) -> [CursorKey] {
        state.withLock { state in
            state.groups.filter { $0.value.cursors[queue] != nil }.keys.sorted().map { group in
                CursorKey(group: group, queue: queue)
            }
        }
    }

    /// The lanes that there are, if a lane is none of them; nil: it is one.
    func lanes(at uptime: Interval, besides lane: Text) -> Set<Text>? {
        state.withLock { [settings] state in
            if state.laneQueues[lane] != nil { return nil }
            let old = uptime.milliseconds - settings.laneUse.milliseconds
            state.namedLanes = state.namedLanes.filter { $0.value.milliseconds > old }
            if state.namedLanes[lane] != nil { return nil }
            return Set(state.laneQueues.keys).union(state.namedLanes.keys).subtracting([""])
        }
    }

    func cursors(in lane: Text) -> [(CursorKey, GroupName, TopicName, TopicState.Queue)] {
        state.withLock { state in
            state.groups.sorted { $0.key < $1.key }.flatMap { number, group in
                group.cursors.keys.sorted().compactMap { queue in
                    guard let known = state.queues[queue], known.queue.lane == lane else { return nil }
                    return (CursorKey(group: number, queue: queue), group.row.name, known.topic, known.queue)
                }
            }
        }
    }
}
