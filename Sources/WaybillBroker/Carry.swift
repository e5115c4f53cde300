import Synchronization
package import WaybillCore
package import WaybillStore

/// An orderly stop: what is in flight keeps its holders beyond the end of the process.
extension Broker {
    /// Writes leases down as rows, and the marks as they are: nothing has used an attempt by the stop.
    package func carry(at now: Moment, in transaction: borrowing Transaction) throws {
        for key in groups.courses() {
            guard let group = groupRow(key.group), !group.isBroadcast else { continue }
            let leases = committed(key) { $0.leases } ?? [:]
            for (offset, lease) in leases.sorted(by: { $0.key < $1.key }) where lease.messageGroup == nil {
                let row = RedeliveryRow(
                    group: key.group, queue: key.queue, offset: offset, attempt: lease.attempt, state: .held,
                    due: max(lease.until, now), nonce: lease.nonce,
                    isReplayed: committed(key) { $0.isReplayed(offset) } ?? false)
                try insert(row, in: transaction)
            }
            let isMarked = committed(key) { $0.mark > $0.progress.end } ?? false
            guard isMarked || !leases.isEmpty else { continue }
            let highest = leases.keys.max().map { $0 + 1 } ?? 0
            // What a crash has counted, and nobody has taken since, stays counted.
            let counted = committed(key) { $0.progress.floor < $0.recoveredBelow ? $0.recoveredBelow : 0 } ?? 0
            change(key) { $0.exactMark = max(highest, counted) }
        }
    }
}

extension GroupMemory {
    func courses() -> [CourseKey] {
        state.withLock { state in
            state.groups.flatMap { group, known in known.courses.keys.map { CourseKey(group: group, queue: $0) } }
                .sorted()
        }
    }
}
