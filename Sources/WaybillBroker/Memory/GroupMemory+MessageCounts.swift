import WaybillCore
import WaybillStore

extension GroupMemory {
    /// What topics and groups have had, with what this run has counted.
    ///
    /// - Parameter rowsMax: how many rows of groups it tells.
    func messageCounts(_ numbers: [TalliedGroup], rowsMax: Int) -> MessageCounts {
        read { state in state.counts(numbers, rowsMax: rowsMax) }
    }
}

/// What this run has counted of a group, by queue.
typealias TalliedGroup = (group: GroupName, queues: [(queue: StoredQueueNumber, numbers: DeliveryTally.Numbers)])

extension GroupMemory.State {
    /// Goes over what groups have read or read, and never over groups times queues: receives and the writer wait
    /// meanwhile.
    fileprivate func counts(_ tallied: [TalliedGroup], rowsMax: Int) -> MessageCounts {
        var counts = MessageCounts()
        counts.sent = topics.values.sorted { $0.name < $1.name }.map { topic in
            (topic.name, topic.queues.reduce(0) { $0 + (ends[$1.number] ?? 0) })
        }
        let runs = Dictionary(tallied.map { ($0.group, $0.queues) }) { first, _ in first }
        for (name, number) in names.sorted(by: { $0.key < $1.key }) {
            guard counts.groups.count < rowsMax else { break }
            var byTopic: [TopicName: MessageCounts.OfGroup] = [:]
            func add(_ run: DeliveryTally.Numbers, of queue: StoredQueueNumber, hasGap: Bool) {
                guard let topic = queues[queue]?.topic else { return }
                byTopic[
                    topic,
                    default: MessageCounts.OfGroup(
                        group: name, topic: topic, delivered: 0, acknowledged: 0, failed: 0, hasGap: false)
                ].add(run, hasGap: hasGap)
            }
            for (queue, run) in runs[name] ?? [] { add(run, of: queue, hasGap: false) }
            for (queue, cursor) in groups[number]?.cursors ?? [:] {
                add(DeliveryTally.Numbers(), of: queue, hasGap: cursor.gap != nil)
            }
            counts.groups += byTopic.values.sorted { $0.topic < $1.topic }.prefix(rowsMax - counts.groups.count)
        }
        return counts
    }
}

extension MessageCounts.OfGroup {
    fileprivate mutating func add(_ run: DeliveryTally.Numbers, hasGap: Bool) {
        delivered += run.delivered
        acknowledged += run.acknowledged
        failed += run.failed
        if hasGap { self.hasGap = true }
    }
}
