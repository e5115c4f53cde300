import WaybillCore
import WaybillStore

/// Which lanes there are, and whether anything goes by them.
extension GroupMemory.State {
    /// One page of the queues of lanes that no consumer of any group reads.
    func queuesWithoutConsumers(
        at now: Moment, after last: StoredQueueNumber, limit: Int, _ settings: BrokerSettings
    ) -> [(number: StoredQueueNumber, topic: TopicName)] {
        guard laneQueues.count > 1 || laneQueues[""] == nil else { return [] }
        let served = groups.values.reduce(into: Set<Text>()) { lanes, group in
            lanes.formUnion(group.lanes(at: now, silenceMax: settings.clientSilenceMax))
        }
        let found = queues.filter { number, known in
            number > last && !known.queue.lane.isEmpty && !served.contains(known.queue.lane)
        }
        return found.sorted { $0.key < $1.key }.prefix(limit).map { ($0.key, $0.value.topic) }
    }

    /// The lanes that there are, if a lane is none of them; nil: it is one.
    func lanes(at uptime: Interval, besides lane: Text, _ settings: BrokerSettings) -> Set<Text>? {
        if laneQueues[lane] != nil { return nil }
        let named = namedLanes.filter { settings.isRemembered(laneNamedAt: $0.value, at: uptime) }
        if named[lane] != nil { return nil }
        return Set(laneQueues.keys).union(named.keys).subtracting([""])
    }

    /// Whether a lane has messages or consumers, or was named by a client lately.
    func knows(lane: Text, at now: Moment, uptime: Interval, _ settings: BrokerSettings) -> Bool {
        lanes(at: uptime, besides: lane, settings) == nil
            || groups.values.contains { $0.lanes(at: now, silenceMax: settings.clientSilenceMax).contains(lane) }
    }

    /// The groups that have a live consumer of a lane. In every other group the consumers of the base read the lane.
    func groupsServing(lane: Text, at now: Moment, _ settings: BrokerSettings) -> [GroupName] {
        guard !closedLanes.contains(lane) else { return [] }
        return groups.values.filter { $0.lanes(at: now, silenceMax: settings.clientSilenceMax).contains(lane) }
            .map(\.row.name).sorted()
    }

    /// The cursors on the queues of a lane.
    func cursors(in lane: Text) -> [(key: CursorKey, group: GroupName, topic: TopicName, queue: TopicState.Queue)] {
        groups.sorted { $0.key < $1.key }.flatMap { number, group in
            group.cursors.keys.sorted().compactMap { queue in
                guard let known = queues[queue], known.queue.lane == lane else { return nil }
                return (CursorKey(group: number, queue: queue), group.row.name, known.topic, known.queue)
            }
        }
    }
}

extension BrokerSettings {
    /// Whether a lane counts that was named and has no messages; both by uptime.
    func isRemembered(laneNamedAt named: Interval, at uptime: Interval) -> Bool {
        named.milliseconds > uptime.milliseconds - laneUse.milliseconds
    }
}
