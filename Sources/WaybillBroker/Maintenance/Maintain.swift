package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// The workers for what no caller waits for, and what they share.
struct Maintenance {
    let clearing: Clearing
    let retention: Retention
    let idleGroups: IdleGroups
    let index = MessageIndex()
    /// How many messages a step indexes.
    var indexStep = StepSize()
    /// How often retention looks at all topics when there is nothing to do.
    let retentionEvery: Interval
    private var retainedAt: Interval?
    /// Up to where queues of lanes were looked at.
    var lastLaneQueue = StoredQueueNumber(0)
    /// The last cursor that was saved when there were more; nil: the next round begins with the first.
    var lastSaved: CursorKey?

    init(settings: BrokerSettings) {
        clearing = Clearing(settings: Clearing.Settings(decidedKept: settings.decidedKept))
        retention = Retention(settings: Retention.Settings(idleAfter: settings.idleAfter))
        idleGroups = IdleGroups(idleAfter: settings.idleAfter)
        retentionEvery = settings.retentionEvery
    }

    /// Whether it is time to look at all topics again, by the time since some fixed moment.
    mutating func isRetentionDue(at uptime: Interval) -> Bool {
        if let retainedAt, uptime.milliseconds - retainedAt.milliseconds < retentionEvery.milliseconds { return false }
        retainedAt = uptime
        return true
    }

    mutating func retentionIsUnfinished() { retainedAt = nil }

    mutating func forget() {
        clearing.forget()
        index.forget()
        lastLaneQueue = StoredQueueNumber(0)
        lastSaved = nil
        retainedAt = nil
    }
}

extension Broker {
    /// One round of the work that no caller waits for, bounded; true: something is left to do at once.
    ///
    /// - Parameter deletes: whether what is old enough goes; not while the clock is in doubt.
    package func maintain(deletes: Bool = true, in write: borrowing Write) throws -> Bool {
        let began = world.uptime()
        var isMore = try maintenance.clearing.step(deletes: deletes, in: write)
        if deletes, maintenance.isRetentionDue(at: world.uptime()) {
            let hasMoreCursors = try saveCursors(in: write)
            let outcome = try maintenance.retention.step(in: write) { gap in
                try cut(gap, in: write)
            }
            if outcome.isMore || hasMoreCursors {
                maintenance.retentionIsUnfinished()
                isMore = true
            } else {
                let day = MessageKeyRow.day(of: outcome.oldestVisibleAt ?? write.now)
                try write.transaction.dropMessageKeys(before: day, limit: 1_000)
                pending.audits += try maintenance.idleGroups.step(in: write)
                if try dropUnusedFilters(in: write) || dropEmptyLanes(in: write) {
                    maintenance.retentionIsUnfinished()
                    isMore = true
                }
            }
        }
        let isIndexFull = try maintenance.index.step(limit: maintenance.indexStep.count, in: write)
        let took = world.uptime() - began
        maintenance.indexStep.learn(took, wasFull: isIndexFull)
        return isIndexFull || isMore
    }

    /// Puts the rows of cursors that have passed messages which no consumer of the group wants: nothing has written
    /// that down, and retention would keep them for the group. True: there are more.
    ///
    /// The next round goes on behind the last one: cursors that move all the time keep out no other. What consumers
    /// pass while the row is written makes the cursor one to be saved again.
    private func saveCursors(in write: borrowing Write) throws -> Bool {
        let max = settings.cursorsSavedMax
        let keys = committed { [last = maintenance.lastSaved] in $0.cursorsToSave(after: last, limit: max) }
        for key in keys { change(key) { $0.isSaved = true } }
        try flush(in: write)
        maintenance.lastSaved = keys.count == max ? keys.last : nil
        return maintenance.lastSaved != nil
    }

    /// Marks the groups that were owed what went, and says so in the journal.
    private func cut(_ gap: Retention.Gap, in write: borrowing Write) throws {
        var walk = PageWalk(after: GroupNumber(0), by: \GroupRow.number)
        while let groups = try walk.next({ try write.transaction.groups(after: $0, limit: $1) }) {
            for group in groups where group.deletedAt == nil && !group.isBroadcast {
                try cut(gap, of: group, in: write)
            }
        }
    }

    private func cut(_ gap: Retention.Gap, of group: GroupRow, in write: borrowing Write) throws {
        let queue = gap.queue.number
        guard var cursor = try write.transaction.cursor(group: group.number, queue: queue),
            !isDamaged(CursorKey(group: group.number, queue: queue))
        else { return }
        var owed: Int64 = 0
        while true {
            let count = try write.transaction.dropRedeliveries(
                of: group.number, in: queue, offsets: 0..<gap.offset, limit: 1_000)
            owed += Int64(count)
            if count < 1_000 { break }
        }
        guard owed > 0 || cursor.floor < gap.offset else { return }
        let from = cursor.floor
        // The floor goes on beyond what was finished where the gap ends.
        var progress = try Progress(cursor)
        progress.finish(from..<max(from, gap.offset))
        cursor.floor = progress.floor
        cursor.ranges = progress.text
        cursor.deliveredThrough = max(cursor.deliveredThrough, progress.floor)
        cursor.gap = gap.offset
        try write.transaction.put(cursor, replacing: cursor.epoch)
        pending.cuts.append((group.number, queue, gap.offset))
        let key = CursorKey(group: group.number, queue: queue)
        change(key) { $0.owed -= Int(owed) }
        if group.isFIFO { try freeMessageGroups(of: key, below: gap.offset, in: write) }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("topic")
        writer.text(gap.topic.name.text)
        writer.key("group")
        writer.text(group.name.text)
        writer.key("lane")
        writer.text(gap.queue.lane)
        writer.key("priority")
        writer.int(gap.queue.priority)
        writer.key("from")
        writer.int(from)
        writer.key("to")
        writer.int(gap.offset)
        writer.key("owed")
        writer.int(owed + max(0, gap.offset - from))
        writer.endObject()
        pending.audits.append(AuditNote("$gap", at: write.now, body: writer.bytes))
    }

    /// Notes for the journal what a caller outside did.
    package func note(_ act: Act, by origin: Origin, in write: borrowing Write) {
        pending.audits.append(AuditNote(act, by: origin, at: write.now))
    }

    /// What the current write has for the journal; handed over once.
    package func popAudits() -> [AuditNote] {
        defer { pending.audits = [] }
        return pending.audits
    }
}
