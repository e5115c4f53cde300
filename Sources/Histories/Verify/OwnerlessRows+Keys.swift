import WaybillCore
import WaybillEngine
import WaybillStore

/// Rows of the index of messages, each against the message that it leads to.
extension OwnerlessRows {
    mutating func checkKeys() throws {
        var walk = PageWalk<MessageKeyRow, MessageKeyRow?>(after: nil, by: { $0 }, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { rows in try rows.messageKeys(after: last, limit: limit) }
        }) {
            for row in page where try !engine.store.read({ rows in try rows.isRight(row) }) {
                let place = "\(row.place.queue.number):\(row.place.offset)"
                add(FileFinding("the index of keys leads to message \(place), which has another key or day"))
            }
        }
    }
}

extension TableReader where Self: ~Copyable {
    /// Whether a row leads to a message with such a key, or to one that retention has taken.
    fileprivate func isRight(_ row: MessageKeyRow) throws -> Bool {
        guard (1...StoredQueueNumber.max).contains(row.place.queue.number) else { return false }
        let head = try messageHeads(in: row.place.queue, fromOffset: row.place.offset, limit: 1).first
        guard let head, head.place == row.place else {
            // Messages leave from the low end; a queue that is taken away leaves its keys for their day.
            guard let oldest = try oldestOffset(of: row.place.queue) else { return true }
            return row.place.offset < oldest
        }
        return row.day == MessageKeyRow.day(of: head.visibleAt)
            && head.names.contains { MessageKeyRow.hash($0) == row.hash }
    }
}
