import WaybillCore
import WaybillStore

extension GroupMemory {
    /// What topics and groups have had, with what this run has counted.
    func messageCounts(_ numbers: [DeliveryTally.Key: DeliveryTally.Numbers]) -> MessageCounts {
        read { state in state.counts(numbers) }
    }
}

extension GroupMemory.State {
    fileprivate func counts(_ numbers: [DeliveryTally.Key: DeliveryTally.Numbers]) -> MessageCounts {
        var counts = MessageCounts()
        counts.sent = topics.values.sorted { $0.name < $1.name }.map { topic in
            (topic.name, topic.queues.reduce(0) { $0 + (ends[$1.number] ?? 0) })
        }
        for (name, number) in names.sorted(by: { $0.key < $1.key }) {
            var byTopic: [TopicName: MessageCounts.OfGroup] = [:]
            for (queue, place) in queues {
                let key = DeliveryTally.Key(group: name, queue: queue)
                let cursor = groups[number]?.cursors[queue]
                guard numbers[key] != nil || cursor != nil else { continue }
                let run = numbers[key] ?? DeliveryTally.Numbers()
                byTopic[
                    place.topic,
                    default: MessageCounts.OfGroup(
                        group: name, topic: place.topic, delivered: 0, acknowledged: 0, failed: 0, hasGap: false)
                ].add(run, hasGap: cursor?.gap != nil)
            }
            counts.groups += byTopic.values.sorted { $0.topic < $1.topic }
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
