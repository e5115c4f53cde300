package import WaybillCore
package import WaybillStore

/// Messages that wait to become visible in a topic, counted in pages.
struct AwaitedMessages {
    /// Pending messages that one page passes.
    private static let pageMax = 10_000

    private var delayed = 0
    private var half = 0
    private var calls = 0
    /// The highest number of a pending message that is undecided, in any topic: newer ones have higher numbers.
    private(set) var newest = PendingMessageNumber(0)

    /// Counts one page of pending messages; answers its last number, nil: there are no more.
    mutating func count<Rows: TableReader & ~Copyable>(
        of topic: TopicNumber, after number: PendingMessageNumber, in rows: borrowing Rows
    ) throws -> PendingMessageNumber? {
        var last: PendingMessageNumber?
        let count = try rows.forEachPendingState(after: number, limit: Self.pageMax) { row in
            last = row.number
            switch row.state {
            case .fired, .committed, .recalled, .rolledBack: return
            case .delayed, .half, .parked: newest = row.number
            }
            guard row.topic == topic else { return }
            if row.isOfCall { calls += 1 } else if row.state == .delayed { delayed += 1 } else { half += 1 }
        }
        return count == Self.pageMax ? last : nil
    }

    /// Why the topic cannot be deleted; nil: nothing waits for it.
    func refusal(of topic: TopicName) -> MessageRefusal? {
        guard delayed + half + calls > 0 else { return nil }
        return .topicAwaited(topic, delayed: delayed, half: half, calls: calls)
    }
}

extension MessageReader {
    /// From which pending message on the write that deletes a topic has to look for those that wait for the topic.
    ///
    /// The older ones are looked at here, in short reads. Throws ``MessageRefusal`` when one of them waits for it.
    package func undecided(in name: TopicName) throws -> PendingMessageNumber {
        var awaited = AwaitedMessages()
        guard let topic = try store.read({ rows in try rows.topic(name) }) else { return awaited.newest }
        var last: PendingMessageNumber? = PendingMessageNumber(0)
        while let after = last {
            last = try store.read { rows in try awaited.count(of: topic, after: after, in: rows) }
        }
        if let refusal = awaited.refusal(of: name) { throw refusal }
        return awaited.newest
    }
}
