import WaybillCore
import WaybillStore

/// What a queue has for a consumer.
enum ScanStep {
    case scan(Scan)
    /// First of all the delivered-through mark of a cursor is to be raised, by a write.
    case raiseMark(CursorKey, epoch: Int64, to: Int64)
}

/// Where a consumer looks next, and how it may take what it finds.
struct Scan {
    enum Source {
        /// Rows of redeliveries that are ready, after an offset.
        case ready(after: Int64, change: UInt64)
        /// Messages that were never delivered, at these offsets.
        case fresh([Int64])
    }

    enum TakeMode {
        /// From memory, without a write.
        case memory
        case write
    }

    var key: CursorKey
    var topic: TopicState
    var queue: TopicState.Queue
    var epoch: Int64
    var source: Source
    var taking: TakeMode
    var filterNumber: Int64
    var filter: MessageFilter
    var others: [MessageFilter]
    var isFIFO: Bool
    /// Whether no other consumer of the group looks at new messages of the queue meanwhile.
    var isAlone = false
    /// Of a queue of dead letters: only what came from this topic.
    var origin: TopicName?
    var max: Int
    /// What of the batch's bytes is left.
    var bytesMax = Int.max
    /// Whether the batch is empty as yet: its first message comes however large it is.
    var isFirst = true
    /// In a FIFO group: nothing was delivered of what it looks at, as far as the mark tells; nil: something may have
    /// been, or must be taken one at a time.
    var markOfNew: Int64?
    /// In which topic what it finds keeps its order: the one that was asked for.
    var scope: TopicNumber { asked ?? topic.number }
    var asked: TopicNumber?

    var isLeasedInMemory: Bool {
        guard case .memory = taking else { return false }
        return true
    }

    /// Whether what waits behind a ready message of its message group may come with it. Dead letters that were given
    /// back come one at a time.
    var takesRuns: Bool { isFIFO && origin == nil && max > 1 }

    /// Whether one more fits into what was taken by this look.
    func hasRoom(for one: Candidate, besides count: Int, bytes: Int) -> Bool {
        guard count < max else { return false }
        return isFirst && count == 0 || one.bytes <= bytesMax - bytes
    }
}
