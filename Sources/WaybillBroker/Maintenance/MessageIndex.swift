import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Writes down by what messages can be found: their keys and ids, hashed, in bulk and some time after they came, so
/// that no sender waits for it.
///
/// How far each stored queue is indexed stands in the file; which queues have grown since is known in memory.
final class MessageIndex {
    /// Queues that may have messages which are not indexed; nil: all of the file, as after opening it.
    private var grown: Set<StoredQueueNumber>?
    private var indexed: [StoredQueueNumber: Int64] = [:]

    /// Queues that got messages in a committed write.
    func grew(_ queues: some Sequence<StoredQueueNumber>) { grown?.formUnion(queues) }

    /// Queues that are taken away.
    func drop(_ queues: Set<StoredQueueNumber>) {
        grown?.subtract(queues)
        for queue in queues { indexed[queue] = nil }
    }

    /// After a step that was undone.
    func forget() {
        grown = nil
        indexed = [:]
    }

    /// Indexes so many messages at most; true: there are more.
    func step(limit: Int, in write: borrowing Write) throws -> Bool {
        var waiting = try grown ?? Self.allQueues(in: write)
        var rows: [MessageKeyRow] = []
        var left = max(1, limit)
        for queue in waiting.sorted() where left > 0 {
            let from = try indexed[queue] ?? write.transaction.indexedThrough(queue)
            let heads = try write.transaction.messageHeads(in: queue, fromOffset: from, limit: left)
            left -= heads.count
            guard let last = heads.last else {
                waiting.remove(queue)
                indexed[queue] = from
                continue
            }
            for head in heads { rows += Self.rows(of: head) }
            indexed[queue] = last.place.offset + 1
            try write.transaction.setIndexed(queue, through: last.place.offset + 1)
            if left > 0 { waiting.remove(queue) }
        }
        try write.transaction.insert(rows)
        grown = waiting
        return !waiting.isEmpty
    }

    /// The rows by which a message is found.
    static func rows(of head: MessageHead) -> [MessageKeyRow] {
        Set(head.names).map { MessageKeyRow(key: $0, visibleAt: head.visibleAt, place: head.place) }
    }

    private static func allQueues(in write: borrowing Write) throws -> Set<StoredQueueNumber> {
        var queues: Set<StoredQueueNumber> = []
        var walk = PageWalk(after: StoredQueueNumber(0), by: \StoredQueueRow.number)
        while let page = try walk.next({ try write.transaction.storedQueues(after: $0, limit: $1) }) {
            queues.formUnion(page.map(\.number))
        }
        return queues
    }
}
