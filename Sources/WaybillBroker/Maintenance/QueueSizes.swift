import WaybillCore
import WaybillStore

/// How many bytes the messages of each stored queue take: counted once when they are a step old, taken off again when
/// they go. Kept in the file, so that nothing is counted again after opening it.
struct QueueSize: Hashable, Sendable {
    /// Messages below this offset are counted.
    var through: Int64 = 0
    var bytes: Int64 = 0

    /// More than any disk holds: a sum of many of them still can be counted.
    private static let bytesMax: Int64 = 1 << 50

    init() {}

    fileprivate init?(_ text: Text) {
        let numbers = text.string.split(separator: ",").compactMap { Int64($0) }
        guard numbers.count == 2, (0...MessagePlace.offsetMax).contains(numbers[0]),
            (0...Self.bytesMax).contains(numbers[1])
        else { return nil }
        through = numbers[0]
        bytes = numbers[1]
    }

    fileprivate var text: Text { "\(through),\(bytes)" }
}

extension Text {
    /// The name of the setting that says how large a stored queue is.
    static func size(_ queue: StoredQueueNumber) -> Text { "size \(queue.number)" }
}

extension TableReader where Self: ~Copyable {
    func size(of queue: StoredQueueNumber) throws -> QueueSize {
        guard let text = try textSetting(.size(queue)) else { return QueueSize() }
        // One that cannot be is counted anew.
        return QueueSize(text) ?? QueueSize()
    }
}

extension Transaction {
    /// Counts messages of a queue that were not counted yet, so many at most; answers how many.
    func countSize(of queue: StoredQueueNumber, limit: Int) throws -> Int {
        var size = try size(of: queue)
        let measure = try measureMessages(in: queue, fromOffset: size.through, limit: limit)
        guard let last = measure.lastOffset else { return 0 }
        size.bytes += measure.bytes
        size.through = last + 1
        try set(.size(queue), to: size.text)
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
        try set(.size(queue), to: size.text)
        // Whoever checks the journal against the messages must know that those of earlier events are gone.
        if let event = measure.lastEvent, event.number > (try numberSetting(.retained(queue)) ?? 0) {
            try set(.retained(queue), to: event.number)
        }
        return measure
    }
}
