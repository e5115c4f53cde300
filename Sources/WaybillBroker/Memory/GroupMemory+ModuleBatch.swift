import Synchronization
import WaybillCore
import WaybillStore

/// What batches of modules ask of memory.
extension GroupMemory {
    /// Whether nothing of a group is in flight on a topic, and nothing owed by rows or given back of its dead letters.
    func isClear(_ group: GroupNumber, _ topic: TopicState) -> Bool {
        state.withLock { state in
            guard let known = state.groups[group] else { return false }
            // A dead letter that was given back shares its message group with the topic where it died.
            return (topic.queues.map(\.number) + (known.deadLetters.map { [$0] } ?? [])).allSatisfy { queue in
                known.cursors[queue].map { $0.leases.isEmpty && $0.owed == 0 } ?? true
            }
        }
    }
}
