import WaybillCore
import WaybillEngine
import WaybillStore

/// Rows of delivery that say what cannot be: the engine parks them and serves the rest, so only this says where they
/// are.
extension OwnerlessRows {
    mutating func checkDelivery() throws {
        try checkQueues()
        var walk = PageWalk(after: GroupNumber(0), by: \GroupRow.number, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.groups(after: last, limit: limit) }
        }) {
            for group in page where group.deletedAt == nil {
                try checkCursors(of: group)
                try checkLadder(of: group)
            }
        }
    }

    private mutating func checkQueues() throws {
        var walk = PageWalk(after: StoredQueueNumber(0), by: \StoredQueueRow.number, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.storedQueues(after: last, limit: limit) }
        }) {
            for queue in page {
                let end = try engine.store.read { rows in try rows.nextOffset(of: queue.number) }
                if end > MessagePlace.offsetMax {
                    add(FileFinding("stored queue \(queue.number.number) of \(queue.topic) ends at \(end)"))
                    continue
                }
                // Messages leave from the low end only, so what is left has no holes.
                let missing = try engine.store.read { rows in try rows.missingMessages(in: queue.number) }
                guard missing != 0 else { continue }
                add(
                    FileFinding(
                        "\(missing) messages are missing in stored queue \(queue.number.number) of \(queue.topic)"))
            }
        }
    }

    /// An unreadable ladder falls back to the default, so that the group is still served.
    private mutating func checkLadder(of group: GroupRow) throws {
        guard let text = try engine.store.read({ rows in try rows.ladder(of: group.number) }),
            GroupRow.ladder(text) == nil
        else { return }
        add(FileFinding("the waiting times of group \(group.name) are '\(text)'"))
    }

    /// Redeliveries that have a time and no row that wakes them.
    private mutating func checkRedeliveries(of group: GroupRow, in queue: StoredQueueNumber) throws {
        var walk = PageWalk(after: -1, by: \RedeliveryRow.offset, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in
                try rows.redeliveries(of: group.number, in: queue, after: last, limit: limit)
            }
        }) {
            for row in page {
                guard let timeout = row.timeout, try !engine.store.read({ rows in try rows.isPending(timeout) }) else {
                    continue
                }
                add(
                    FileFinding(
                        "message \(queue.number):\(row.offset) of group \(group.name) waits for "
                            + "\(timeout.due.iso8601), and no row will wake it"))
            }
        }
    }

    private mutating func checkCursors(of group: GroupRow) throws {
        var walk = PageWalk(after: StoredQueueNumber(0), by: \CursorRow.queue, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.cursors(of: group.number, after: last, limit: limit) }
        }) {
            for cursor in page {
                try checkRedeliveries(of: group, in: cursor.queue)
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
        }
    }
}

extension TableReader where Self: ~Copyable {
    /// The stored queue of a number, in a list of one or none.
    fileprivate func storedQueues(of number: StoredQueueNumber) throws -> [StoredQueueRow] {
        try storedQueues(after: StoredQueueNumber(number.number &- 1), limit: 1).filter { $0.number == number }
    }
}
