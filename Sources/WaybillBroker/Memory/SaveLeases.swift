import Synchronization
import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// An orderly stop: what is in flight keeps its holders beyond the end of the process.
extension Broker {
    /// Writes leases down as rows, and the marks as they are: nothing has used an attempt by the stop.
    package func saveLeases(in write: borrowing Write) throws {
        endLeasing()
        for key in committed({ $0.cursorKeys }) {
            guard let group = groupRow(key.group), !group.isBroadcast else { continue }
            let leases = committed(key) { $0.leases } ?? [:]
            for (offset, lease) in leases.sorted(by: { $0.key < $1.key }) where lease.messageGroup == nil {
                let row = RedeliveryRow(
                    group: key.group, queue: key.queue, offset: offset, attempt: lease.attempt, state: .held,
                    due: max(lease.until, write.now), nonce: lease.nonce,
                    isReplayed: committed(key) { $0.isReplayed(offset) } ?? false)
                try insert(row, in: write)
            }
            // What this process has handed out is finished or has a row: nothing else has used an attempt. But what
            // a crash has counted, and no consumer has taken since, stays counted.
            let change = committed(key) { cursor -> (mark: Int64, isNew: Bool) in
                let mark = max(cursor.progress.floor, cursor.recoveredBelow)
                return (mark, max(cursor.mark, cursor.progress.end) > mark)
            }
            if let change, change.isNew { self.change(key) { $0.exactMark = change.mark } }
        }
    }
}
