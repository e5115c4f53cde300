import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Deletes what cannot be reached any more: what was decided long ago, and what deleted topics have left.
final class Clearing {
    struct Settings: Sendable {
        /// Rows that one step deletes, of each kind.
        var rowsMax = 1_000
        /// For how long what was decided is known.
        var decidedKept: Interval

        init(decidedKept: Interval) { self.decidedKept = decidedKept }
    }

    private let settings: Settings
    /// Deleted topics that may have messages left; nil: all of the file, as after opening it.
    private var deleted: Set<TopicNumber>?

    init(settings: Settings) {
        precondition(settings.rowsMax > 0, "a step deletes one row at least")
        self.settings = settings
    }

    /// Topics that a committed write has deleted.
    func delete(_ topics: [TopicNumber]) { deleted?.formUnion(topics) }

    /// After a step that was undone.
    func forget() { deleted = nil }

    /// One step; true: something is left.
    ///
    /// - Parameter deletes: whether what is old enough goes.
    func step(deletes: Bool, in write: borrowing Write) throws -> Bool {
        let kept = Interval(milliseconds: -settings.decidedKept.milliseconds)
        let horizon = deletes ? write.now.advanced(by: kept) : nil
        let forgotten = try horizon.map { try write.transaction.dropDecided(before: $0, limit: settings.rowsMax) } ?? 0
        var topics = try deleted ?? Self.deletedTopics(in: write)
        if let topic = topics.min(by: { $0.number < $1.number }) {
            if try clear(topic, in: write) == 0 { topics.remove(topic) }
        }
        deleted = topics
        return forgotten == settings.rowsMax || !topics.isEmpty
    }

    /// Deletes messages of a deleted topic, and what groups were owed of them; 0: nothing is left.
    private func clear(_ topic: TopicNumber, in write: borrowing Write) throws -> Int {
        for queue in try write.transaction.storedQueues(of: topic) {
            let owed = try dropOwed(of: queue.number, in: write)
            if owed > 0 { return owed }
            let end = try write.transaction.nextOffset(of: queue.number)
            let count = try write.transaction.deleteMessages(of: queue.number, below: end, limit: settings.rowsMax)
            if count > 0 { return count }
            try write.transaction.forgetUpkeep(of: queue.number)
        }
        return 0
    }

    private func dropOwed(of queue: StoredQueueNumber, in write: borrowing Write) throws -> Int {
        var walk = PageWalk(after: GroupNumber(0), by: \GroupRow.number)
        while let groups = try walk.next({ try write.transaction.groups(after: $0, limit: $1) }) {
            for group in groups {
                let count = try write.transaction.dropRedeliveries(
                    of: group.number, in: queue, offsets: 0..<Int64.max, limit: settings.rowsMax)
                if count > 0 { return count }
            }
        }
        return 0
    }

    private static func deletedTopics(in write: borrowing Write) throws -> Set<TopicNumber> {
        var topics: Set<TopicNumber> = []
        var walk = PageWalk(after: TopicNumber(0), by: \TopicRow.number)
        while let page = try walk.next({ try write.transaction.topics(after: $0, limit: $1) }) {
            topics.formUnion(page.lazy.filter { $0.deletedAt != nil }.map(\.number))
        }
        return topics
    }
}
