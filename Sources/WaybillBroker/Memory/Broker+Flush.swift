import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// The end of a write: one cursor row for each cursor that changed.
extension Broker {
    /// Cursors keep so many ranges less than they may, so that the lowest are not moved to rows at every write.
    private static let rangesSpared = 100

    /// Writes down what the current write has changed. May be called more than once in a write.
    package func flush(in write: borrowing Write) throws {
        try openGrownQueues(in: write)
        for key in pending.cursors.keys.sorted() { try flush(key, in: write) }
    }

    private func flush(_ key: CursorKey, in write: borrowing Write) throws {
        guard let change = pending.cursors[key], let group = groupRow(key.group),
            var cursor = change.opened.map(CursorHead.init) ?? committed(key, CursorHead.init)
        else { return }
        guard change.isOfRow else { return }
        for offset in change.finished { cursor.progress.finish(offset) }
        for cut in pending.cuts where cut.group == key.group && cut.queue == key.queue { cursor.cut(below: cut.offset) }
        cursor.mark = max(cursor.mark, change.mark ?? 0, cursor.progress.end)
        if let exactMark = change.exactMark { cursor.mark = exactMark }
        if cursor.progress.ranges.count > CursorRow.rangesMax {
            try shorten(&cursor.progress, key, group, in: write)
        }
        let stored = change.stored ?? cursor.epoch
        guard try write.transaction.put(cursor.row(of: key), replacing: stored) else {
            throw StoreFailure(
                .damaged, "the cursor of group \(key.group.number) on queue \(key.queue.number) is not as it was left")
        }
        self.change(key) { change in
            change.stored = cursor.epoch
            change.storedFloor = cursor.progress.floor
        }
    }

    /// Moves the lowest unfinished messages to rows of their own, so that the ranges above them join the floor.
    private func shorten(
        _ progress: inout Progress, _ key: CursorKey, _ group: GroupRow, in write: borrowing Write
    ) throws {
        // What a consumer leased from here on would be released by the commit, under its holder.
        freeze(key)
        let recovered = committed(key) { $0.recoveredBelow } ?? 0
        while progress.ranges.count > CursorRow.rangesMax - Self.rangesSpared, let first = progress.ranges.first {
            for offset in progress.floor..<first.lowerBound {
                var row = RedeliveryRow(
                    group: key.group, queue: key.queue, offset: offset, attempt: offset < recovered ? 1 : 0,
                    state: .ready, isReplayed: committed(key) { $0.isReplayed(offset) } ?? false)
                let lease = lease(of: offset, in: key)
                if let lease {
                    row.attempt = lease.attempt
                    row.state = .held
                    row.due = lease.until
                    row.nonce = lease.nonce
                    row.messageGroup = lease.messageGroup
                }
                try insert(row, in: write)
                if let lease {
                    noteHolder(
                        Holder(
                            client: lease.client, takenAt: lease.takenAt, storedAt: lease.storedAt,
                            renews: lease.renews), of: row)
                }
                progress.finish(offset)
            }
        }
    }

    /// Queues that messages of this write made: every group of the topic reads them, from their first message on.
    private func openGrownQueues(in write: borrowing Write) throws {
        let grown = write.transaction.takeGrownQueues()
        pending.grown.merge(grown) { max($0, $1) }
        // Whether a queue is new is what is committed: a verb of this write may have looked at the topic since.
        for number in grown.keys.sorted() where committed({ $0.topic(of: number) }) == nil {
            let before = StoredQueueNumber(number.number - 1)
            guard let queue = try write.transaction.storedQueues(after: before, limit: 1).first, queue.number == number,
                let topic = try TopicState(queue.topic, in: write.transaction),
                topic.queues.contains(where: { $0.number == number })
            else { continue }
            try open(new: number, of: topic, in: write)
        }
    }

    /// Lets every group of a topic read a queue that this write has made, from its first message on.
    func open(new queue: StoredQueueNumber, of topic: TopicState, in write: borrowing Write) throws {
        pending.topics[topic.name] = topic
        var groups = Set(committed { $0.subscribers(of: topic.name) })
        groups.formUnion(pending.filters.lazy.filter { $0.topic == topic.name }.map(\.group))
        for group in groups.sorted() {
            guard let row = groupRow(group), !row.isBroadcast else { continue }
            try openNew(CursorKey(group: group, queue: queue), in: write)
        }
    }

    private func openNew(_ key: CursorKey, in write: borrowing Write) throws {
        guard epoch(of: key) == nil else { return }
        let row = CursorRow(group: key.group, queue: key.queue)
        try write.transaction.put(row, replacing: nil)
        let cursor = try GroupCursor(row)
        change(key) { change in
            change.opened = cursor
            change.stored = cursor.epoch
        }
    }
}

/// What the row of a cursor says: a copy of the cursor in memory would keep all that is in flight.
private struct CursorHead {
    var epoch: Int64
    var progress: Progress
    var fence: Int64?
    var gap: Int64?
    var mark: Int64

    init(_ cursor: GroupCursor) {
        epoch = cursor.epoch
        progress = cursor.progress
        fence = cursor.fence
        gap = cursor.gap
        mark = cursor.mark
    }

    /// Retention took what lay below an offset.
    mutating func cut(below offset: Int64) {
        progress.finish(progress.floor..<max(progress.floor, offset))
        gap = max(gap ?? 0, offset)
    }

    func row(of key: CursorKey) -> CursorRow {
        CursorRow(
            group: key.group, queue: key.queue, epoch: epoch, floor: progress.floor, ranges: progress.text,
            deliveredThrough: max(mark, progress.floor), fence: fence, gap: gap)
    }
}
