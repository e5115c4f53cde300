import WaybillCore
import WaybillStore

/// Which queues a consumer may read, and in which order.
extension GroupMemory.State {
    /// The queues that a consumer may read, the highest priority first; every tenth time the lowest. A lane's consumers
    /// read their lane; the base reads its own, and lanes without consumers.
    func queues(
        of topic: TopicState, for request: ReceiveRequest, in group: GroupState, at now: Moment,
        _ settings: BrokerSettings
    ) -> [StoredQueueNumber] {
        let served = group.lanes(at: now, silenceMax: settings.clientSilenceMax).subtracting(closedLanes)
        let isBase = request.lane.isEmpty || closedLanes.contains(request.lane)
        let mine = topic.queues.filter { queue in
            isBase ? queue.lane.isEmpty || !served.contains(queue.lane) : queue.lane == request.lane
        }
        let isLowestFirst = group.receives % 10 == 9
        let sorted = mine.sorted { left, right in
            let (first, second) = isLowestFirst ? (left, right) : (right, left)
            return left.priority == right.priority ? left.number < right.number : first.priority < second.priority
        }
        return sorted.map(\.number) + (isBase ? group.deadLetters.map { [$0] } ?? [] : [])
    }
}
