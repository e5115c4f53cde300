package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Ends a grey-release route.
package struct CloseLane: BrokerVerb {
    var lane: Text
    var end: LaneEnd
    /// Whether it only tells what would become of its messages.
    package var isPreview: Bool

    package init(_ lane: Text, _ end: LaneEnd, isPreview: Bool = false) {
        self.lane = lane
        self.end = end
        self.isPreview = isPreview
    }

    package func act(_ report: LaneReport, by origin: Origin) -> Act? {
        guard !isPreview else { return nil }
        return Act("$lane", ["lane": .text(lane.string), "end": .text(end.rawValue)])
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<LaneReport> {
        try broker.closeLane(lane, end, isPreview: isPreview, in: write)
    }
}

/// A lane has stored queues and cursors apart from others', so nothing was skipped for it, and who takes over goes on
/// exactly where its consumers stopped.
extension Broker {
    /// Closes a lane: from now on the base reads it, whatever consumers the lane still has. Tells what became of each
    /// message.
    func closeLane(
        _ lane: Text, _ end: LaneEnd, isPreview: Bool, in write: borrowing Write
    ) throws -> BrokerReply<LaneReport> {
        guard !lane.isEmpty else {
            return .refused(.badName(what: "lane", name: "", problem: "the base is no lane and cannot end"))
        }
        guard lane.controlCharacter == nil, lane.byteCount <= settings.limits.laneBytesMax else {
            return .refused(
                .badName(
                    what: "lane", name: lane.string,
                    problem: "it has a control character or more than \(settings.limits.laneBytesMax) bytes"))
        }
        if !isPreview {
            try write.transaction.closeLane(lane)
            pending.closedLanes = try write.transaction.closedLanes()
        }
        var shares: [LaneReport.Share] = []
        for (key, group, topic, queue) in committed({ $0.cursors(in: lane) }) {
            let count = try count(key, in: write)
            shares.append(
                LaneReport.Share(
                    group: group, topic: topic, priority: Int(queue.priority), sent: count.sent,
                    finished: count.finished, inFlight: count.inFlight, owed: count.due + count.ready + count.behind,
                    waiting: count.waiting))
        }
        return .success(LaneReport(lane: lane, end: end, shares: shares))
    }

    private func count(_ key: CursorKey, in write: borrowing Write) throws -> CursorCount {
        let end = try write.transaction.nextOffset(of: key.queue)
        let head = committed(key) { CursorCount.Memory($0, end: end) }
        return try CursorCount(head, key, end: end, in: write.transaction)
    }
}
