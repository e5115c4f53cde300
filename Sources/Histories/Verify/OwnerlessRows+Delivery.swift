import WaybillCore
import WaybillEngine
import WaybillStore

/// Rows of delivery that say what cannot be: the engine parks them and serves the rest, so only this says where they
/// are.
extension OwnerlessRows {
    mutating func checkDelivery() throws {
        try checkQueues()
        var last = GroupNumber(0)
        while true {
            let page = try engine.store.read { [last] rows in try rows.groups(after: last, limit: pageMax) }
            for group in page where group.deletedAt == nil { try checkCursors(of: group) }
            guard page.count == pageMax, let end = page.last else { return }
            last = end.number
        }
    }

    private mutating func checkQueues() throws {
        var last = StoredQueueNumber(0)
        while true {
            let page = try engine.store.read { [last] rows in try rows.storedQueues(after: last, limit: pageMax) }
            for queue in page {
                let end = try engine.store.read { rows in try rows.nextOffset(of: queue.number) }
                guard end > MessagePlace.offsetMax else { continue }
                add(FileFinding("stored queue \(queue.number.number) of \(queue.topic) ends at \(end)"))
            }
            guard page.count == pageMax, let end = page.last else { return }
            last = end.number
        }
    }

    private mutating func checkCursors(of group: GroupRow) throws {
        var last = StoredQueueNumber(0)
        while true {
            let page = try engine.store.read { [last] rows in
                try rows.cursors(of: group.number, after: last, limit: pageMax)
            }
            for cursor in page {
                let damage = try engine.store.read { rows -> String? in
                    guard try !rows.storedQueues(of: cursor.queue).isEmpty else { return nil }
                    return cursor.damage(end: try rows.nextOffset(of: cursor.queue))
                }
                guard let damage else { continue }
                add(
                    FileFinding(
                        "the cursor of group \(group.name) on stored queue \(cursor.queue.number) is damaged: \(damage)"
                    ))
            }
            guard page.count == pageMax, let end = page.last else { return }
            last = end.queue
        }
    }
}

extension TableReader where Self: ~Copyable {
    /// The stored queue of a number, in a list of one or none.
    fileprivate func storedQueues(of number: StoredQueueNumber) throws -> [StoredQueueRow] {
        try storedQueues(after: StoredQueueNumber(number.number &- 1), limit: 1).filter { $0.number == number }
    }
}
