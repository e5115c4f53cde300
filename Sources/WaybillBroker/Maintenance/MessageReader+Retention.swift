package import WaybillCore
import WaybillStore

/// What will go, and whose claims stand in the way.
extension MessageReader {
    /// What a topic holds and what of it goes next; nil: there is no such topic. Counts by offsets, so it reads few
    /// rows however long the queues are.
    package func retention(of name: TopicName, at now: Moment) throws -> RetentionReport? {
        let retention = Retention(settings: Retention.Settings(idleAfter: settings.idleAfter))
        return try store.read { rows in
            guard let topic = try rows.topicRow(name) else { return nil }
            let queues = try rows.storedQueues(of: topic.number)
            var report = RetentionReport(
                topic: name, messages: 0, bytes: 0, bytesMax: topic.bytesMax, goesByTime: 0, claims: [])
            for queue in queues {
                guard let oldest = try rows.oldestOffset(of: queue.number) else { continue }
                report.messages += try rows.nextOffset(of: queue.number) - oldest
                report.bytes += try rows.size(of: queue.number).bytes
                let end = try retention.endByTime(of: queue.number, topic, at: now, in: rows)
                report.goesByTime += max(0, end - oldest)
            }
            report.claims = try claims(on: queues, at: now, in: rows)
            return report
        }
    }

    private func claims<Rows: TableReader & ~Copyable>(
        on queues: [StoredQueueRow], at now: Moment, in rows: borrowing Rows
    ) throws -> [RetentionReport.Claim] {
        let horizon = now.advanced(by: Interval(milliseconds: -settings.idleAfter.milliseconds))
        var claims: [RetentionReport.Claim] = []
        try rows.forEachGroup { group in
            var claim = RetentionReport.Claim(
                group: group.name, owed: 0, lastUsedAt: group.lastUsedAt, isIdle: group.lastUsedAt < horizon,
                gapBelow: nil)
            var reads = false
            for queue in queues {
                guard let cursor = try rows.cursor(group: group.number, queue: queue.number) else { continue }
                reads = true
                claim.owed += max(0, try rows.nextOffset(of: queue.number) - cursor.floor)
                claim.owed += Int64(try rows.countRedeliveries(of: group.number, in: queue.number))
                claim.gapBelow = cursor.gap.map { max($0, claim.gapBelow ?? $0) } ?? claim.gapBelow
            }
            if reads { claims.append(claim) }
        }
        return claims
    }
}
