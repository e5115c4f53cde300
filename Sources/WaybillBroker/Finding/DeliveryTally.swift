package import WaybillCore
import WaybillStore

/// What became of deliveries since the file was opened, counted by group and stored queue.
struct DeliveryTally: Sendable {
    struct Key: Hashable {
        var group: GroupName
        var queue: StoredQueueNumber
    }

    /// What a group had of one queue.
    struct Numbers {
        var delivered: UInt64 = 0
        var acknowledged: UInt64 = 0
        var failed: UInt64 = 0
    }

    private(set) var numbers: [Key: Numbers] = [:]
    /// How long messages had been visible when they were acknowledged, in milliseconds.
    private(set) var took: [GroupName: Buckets] = [:]
    var checksSent: UInt64 = 0

    mutating func add(delivered count: UInt64, to group: GroupName, from queue: StoredQueueNumber) {
        numbers[Key(group: group, queue: queue), default: Numbers()].delivered += count
    }

    /// Counts what came together: mostly of one group and queue, which is looked up once.
    mutating func add(_ entries: [TraceRing.Entry]) {
        guard let first = entries.first else { return }
        var key = Key(group: first.happening.group, queue: first.place.queue)
        var run = numbers[key] ?? Numbers()
        for entry in entries {
            let next = Key(group: entry.happening.group, queue: entry.place.queue)
            if next != key {
                numbers[key] = run
                key = next
                run = numbers[key] ?? Numbers()
            }
            switch entry.happening.kind {
            case .delivered: run.delivered += 1
            case .acknowledged: run.acknowledged += 1
            case .failed, .expired: run.failed += 1
            case .dead: break
            }
            if let visible = entry.took {
                took[key.group, default: .ofMilliseconds].record(UInt64(max(0, visible.milliseconds)))
            }
        }
        numbers[key] = run
    }

    /// Drops what was counted of groups and stored queues that are gone: their numbers do not come back.
    mutating func forget(_ gone: GoneCounts) {
        numbers = numbers.filter { !gone.groups.contains($0.key.group) && !gone.queues.contains($0.key.queue) }
        for group in gone.groups { took[group] = nil }
    }
}

/// Groups and stored queues that a write has deleted.
struct GoneCounts {
    var groups: Set<GroupName> = []
    var queues: Set<StoredQueueNumber> = []

    var isEmpty: Bool { groups.isEmpty && queues.isEmpty }
}

/// What topics and groups have had, for monitors.
package struct MessageCounts: Sendable {
    /// What a group had of a topic.
    package struct OfGroup: Sendable {
        package var group: GroupName
        package var topic: TopicName
        package var delivered: UInt64
        package var acknowledged: UInt64
        /// Deliveries that their consumer could not handle, or that ended without an answer.
        package var failed: UInt64
        /// Whether retention took messages that the group was owed.
        package var hasGap: Bool
    }

    /// Messages that became visible since a topic was made, by topic.
    package var sent: [(topic: TopicName, messages: Int64)] = []
    /// By group and topic; since the file was opened.
    package var groups: [OfGroup] = []
    /// How long messages had been visible when a group acknowledged them, in milliseconds.
    package var took: [(group: GroupName, buckets: Buckets)] = []
    /// Questions about half messages that were given to clients of producers. One that comes back unseen is not taken
    /// away: a counter that falls says to a monitor that it began again.
    package var checksSent: UInt64 = 0
}

extension Receiver.Parts {
    /// What topics and groups have had; of those that are gone nothing.
    ///
    /// - Parameter rowsMax: how many rows of groups it tells, those whose names come first.
    package func messageCounts(rowsMax: Int = .max) -> MessageCounts {
        let tally = ring.counts
        var byGroup: [GroupName: [(queue: StoredQueueNumber, numbers: DeliveryTally.Numbers)]] = [:]
        for (key, numbers) in tally.numbers { byGroup[key.group, default: []].append((key.queue, numbers)) }
        var counts = groups.messageCounts(byGroup.map { ($0.key, $0.value) }, rowsMax: rowsMax)
        counts.took = tally.took.sorted { $0.group < $1.group }
        counts.checksSent = tally.checksSent
        return counts
    }
}
