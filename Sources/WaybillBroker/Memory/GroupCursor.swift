import WaybillCore
import WaybillStore

/// A group's way through a stored queue.
package struct CursorKey: Hashable, Comparable, Sendable {
    var group: GroupNumber
    var queue: StoredQueueNumber

    package static func < (left: Self, right: Self) -> Bool {
        (left.group, left.queue) < (right.group, right.queue)
    }

    func place(_ offset: Int64) -> MessagePlace { MessagePlace(queue: queue, offset: offset) }
}

/// A first delivery in flight. Later ones are held by their rows.
struct Lease: Hashable {
    var attempt: Int64
    /// Of the one receipt that is out.
    var nonce: Int64
    var until: Moment
    var client: Text
    /// Which client of this name, in this process; 0: none that is known.
    var clientNumber: UInt64 = 0
    var bytes: Int
    var takenAt: Moment
    /// Since when the message is visible; nil: it was in flight when the file was opened.
    var storedAt: Moment?
    /// Whether it goes on by itself while its client lives.
    var renews: Bool
    /// Set in FIFO groups: a row keeps the message group for its holder.
    var messageGroup: Text?
}

/// What memory knows of a group's way through a stored queue: never more than what is in flight.
struct GroupCursor {
    var epoch: Int64
    var progress: Progress
    /// Messages below it that come now were finished before a look-back.
    var fence: Int64?
    var gap: Int64?
    /// The delivered-through mark, as committed.
    var mark: Int64
    /// The floor that its row says. Messages that no consumer wants are finished in memory alone, until a write puts
    /// the row.
    var storedFloor: Int64
    /// What is not finished below it has used one attempt: it may have been delivered before the file was opened.
    var recoveredBelow: Int64 = 0
    var leases: [Int64: Lease] = [:]
    /// Where consumers by a filter look next; by the filter's number.
    var next: [Int64: Int64] = [:]
    /// Where one consumer at a time looks at new messages: all below it is in flight, finished, or has a row.
    var fresh: Int64
    /// Whether a consumer looks at new messages and others may not.
    var isScanned = false
    /// Whether another consumer has asked meanwhile.
    var isScanAwaited = false
    /// A write is about to turn it to another place.
    var isBeingMoved = false
    /// Redelivery rows.
    var owed = 0
    /// Raised when a row became ready.
    var readyChanges: UInt64 = 1
    /// By filter: the change at which its consumers found no ready row.
    var foundNone: [Int64: UInt64] = [:]
    /// By filter: where its consumers look for ready rows next.
    var readyAfter: [Int64: Int64] = [:]
    /// By filter: the change since which its consumers have found no ready row on their way.
    var cleanSince: [Int64: UInt64] = [:]
    /// Whether a consumer passed over ready rows because another is about to take them.
    var isOverlooked = false
    /// Offsets of rows that a consumer is about to take.
    var wanted: Set<Int64> = []
    /// A message that consumers passed over because its row makes no sense, and why.
    var unreadable: (offset: Int64, why: String)?

    init(_ cursor: CursorRow) throws(StoreFailure) {
        epoch = cursor.epoch
        progress = try Progress(cursor)
        fence = cursor.fence
        gap = cursor.gap
        mark = max(cursor.deliveredThrough, cursor.floor)
        storedFloor = cursor.floor
        fresh = max(cursor.deliveredThrough, cursor.floor)
    }

    /// Offsets from a filter's place on that are neither in flight nor finished.
    func free(from start: Int64, to end: Int64, limit: Int) -> [Int64] {
        var offsets: [Int64] = []
        var offset = start
        while offsets.count < limit {
            offset = progress.firstUnfinished(from: offset)
            guard offset < end else { break }
            if leases[offset] == nil { offsets.append(offset) }
            offset += 1
        }
        return offsets
    }

    /// Retention took what lay below an offset.
    mutating func cut(below offset: Int64) {
        progress.finish(progress.floor..<max(progress.floor, offset))
        mark = max(mark, offset)
        gap = max(gap ?? 0, offset)
        storedFloor = max(storedFloor, offset)
    }

    func isFree(_ offset: Int64) -> Bool { leases[offset] == nil && !progress.isFinished(offset) }

    func isReplayed(_ offset: Int64) -> Bool { fence.map { offset < $0 } ?? false }

    /// Lets every filter's consumers look at all that is not finished: a filter has come or gone.
    mutating func lookAgain() {
        next = [:]
        foundNone = [:]
        readyAfter = [:]
        cleanSince = [:]
    }
}
