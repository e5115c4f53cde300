import WaybillCore
import WaybillStore

/// How many bytes the messages of each stored queue take: counted in steps, and taken off again when they go.
extension Transaction {
    /// Counts messages of a queue that were not counted yet, so many at most; answers how many.
    func countSize(of queue: StoredQueueNumber, limit: Int) throws -> Int {
        var size = try size(of: queue)
        let measure = try measureMessages(in: queue, fromOffset: size.through, limit: limit)
        guard let last = measure.lastOffset else { return 0 }
        size.bytes += measure.bytes
        size.through = last + 1
        try setSize(size, of: queue)
        return measure.count
    }

    /// Deletes the oldest counted messages of a queue below an offset, so many at most.
    func deleteCounted(
        of queue: StoredQueueNumber, below offset: Int64, limit: Int
    ) throws -> MessageMeasure {
        var size = try size(of: queue)
        let end = min(offset, size.through)
        let measure = try measureMessages(in: queue, fromOffset: 0, below: end, limit: limit)
        guard let last = measure.lastOffset else { return measure }
        try deleteMessages(of: queue, below: last + 1, limit: limit)
        size.bytes = max(0, size.bytes - measure.bytes)
        try setSize(size, of: queue)
        // A check of the journal against the messages must know that those of earlier events are gone.
        if let event = measure.lastEvent { try raiseGone(queue, through: event.number) }
        return measure
    }
}
