import Synchronization
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What is needed to hand out once more what a group was given.
extension GroupMemory {
    /// What is needed to hand out once more what a group was given: a look without a filter, and the lease if memory
    /// holds it.
    func delivered(
        _ place: MessagePlace, of group: GroupNumber
    ) -> (scan: (scan: Scan, isReplayed: Bool), lease: Lease?)? {
        state.withLock { state in
            guard let cursor = state.groups[group]?.cursors[place.queue], let known = state.queues[place.queue],
                let topic = state.topics[known.topic]
            else { return nil }
            let scan = Scan(
                key: CursorKey(group: group, queue: place.queue), topic: topic, queue: known.queue,
                epoch: cursor.epoch, source: .fresh([place.offset]), taking: .memory, filterNumber: 0,
                filter: .everything, others: [], isFIFO: state.groups[group]?.row.isFIFO ?? false, origin: nil, max: 1)
            return ((scan, cursor.isReplayed(place.offset)), cursor.leases[place.offset])
        }
    }
}
