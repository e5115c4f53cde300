import WaybillCore
import WaybillStore

extension GroupMemory {
    /// What memory knows. Only ``GroupMemory`` has one, behind its lock.
    struct State {
        var topics: [TopicName: TopicState] = [:]
        /// The topic of each stored queue, and the offset after its last visible message.
        var queues: [StoredQueueNumber: (topic: TopicName, topicNumber: TopicNumber, queue: TopicState.Queue)] = [:]
        var ends: [StoredQueueNumber: Int64] = [:]
        var groups: [GroupNumber: GroupState] = [:]
        var names: [GroupName: GroupNumber] = [:]
        /// Groups that have a cursor on a topic, or wait for one.
        var subscribers: [TopicName: Set<GroupNumber>] = [:]
        var leaseEnds = DueHeap<LeaseEnd>()
        var leases = 0
        var waits = DueHeap<(group: GroupNumber, number: UInt64)>()
        var nextWaiter: UInt64 = 0
        /// The numbers of all who wait.
        var waiting: Set<UInt64> = []
        /// Writes that brought messages, by topic.
        var growths: [TopicName: UInt64] = [:]
        var isClosed = false
        /// Whether leases are written down for the next opening, so that no other may begin.
        var isEnding = false
        /// Lanes that were promoted or abandoned: the base drains them even if they have consumers.
        var closedLanes: Set<Text> = []
        /// How many stored queues each lane has.
        var laneQueues: [Text: Int] = [:]
        /// Lanes that commands have named, and when by uptime, whether they have messages or not.
        var namedLanes: [Text: Interval] = [:]
        /// Expressions so far, for their numbers.
        var filterCount: Int64 = 0
        /// Groups whose file may have expressions that are not used any more, with how often that was noticed.
        var unusedFilters: [GroupNumber: UInt64] = [:]
        /// Bytes that receives may be reading now.
        var readingBytes = 0
        /// What the write that is being applied has deleted.
        var gone = GoneCounts()
    }
}

extension GroupMemory.State {
    mutating func add(_ topic: TopicState) {
        topics[topic.name] = topic
        for queue in topic.queues {
            if queues[queue.number] == nil { laneQueues[queue.lane, default: 0] += 1 }
            queues[queue.number] = (topic.name, topic.number, queue)
        }
    }

    /// Forgets a stored queue, and what groups have in flight of it.
    mutating func remove(_ queue: TopicState.Queue) {
        guard queues.removeValue(forKey: queue.number) != nil else { return }
        gone.queues.insert(queue.number)
        ends[queue.number] = nil
        let left = (laneQueues[queue.lane] ?? 0) - 1
        laneQueues[queue.lane] = left > 0 ? left : nil
        if left <= 0 { namedLanes[queue.lane] = nil }
    }

    /// Gives an expression its number, unless it has one.
    mutating func keep(_ use: FilterUse, as key: FilterUse.Key, in group: GroupNumber) -> Bool {
        if groups[group]?.filters[key] != nil {
            groups[group]?.filters[key]?.usedAt = use.usedAt
            groups[group]?.filters[key]?.storedAt = use.storedAt
            return false
        }
        filterCount += 1
        var use = use
        use.number = filterCount
        groups[group]?.filters[key] = use
        return true
    }
}

extension FilterRow {
    var key: FilterUse.Key { FilterUse.Key(topic: topic, kind: type, expression: expression) }
}

extension Subscription {
    func key(of topic: TopicState) -> FilterUse.Key {
        FilterUse.Key(topic: topic.number, kind: kind, expression: expression)
    }
}
