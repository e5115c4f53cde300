package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The end of a grey-release route. A lane has stored queues and cursors of its own, so nothing was skipped for it, and
/// whoever takes over goes on exactly where its consumers stopped.
extension Broker {
    static let closedLanesSetting: Text = "lanes.closed"

    /// Closes a lane: from now on the base reads it, whatever consumers the lane still has. Tells what became of each
    /// message.
    func closeLane(_ lane: Text, _ end: LaneEnd, in write: borrowing Write) throws -> BrokerReply {
        guard !lane.isEmpty else {
            return .refused(.badName(what: "lane", name: "", problem: "the base is no lane and cannot end"))
        }
        guard lane.controlCharacter == nil, lane.byteCount <= settings.limits.laneBytesMax else {
            return .refused(
                .badName(
                    what: "lane", name: lane.string,
                    problem: "it has a control character or more than \(settings.limits.laneBytesMax) bytes"))
        }
        var closed = try Self.closedLanes(in: write.transaction)
        closed.insert(lane)
        let text = closed.sorted().map(\.string).joined(separator: "\n")
        try write.transaction.set(Self.closedLanesSetting, to: Text(text))
        pending.closedLanes = closed
        var shares: [LaneReport.Share] = []
        for (key, group, topic, queue) in committed({ $0.cursors(in: lane) }) {
            let count = try count(key, in: write)
            shares.append(
                LaneReport.Share(
                    group: group, topic: topic, priority: Int(queue.priority), sent: count.sent,
                    finished: count.finished, inFlight: count.inFlight, owed: count.due + count.ready + count.behind,
                    waiting: count.waiting))
        }
        return .laneClosed(LaneReport(lane: lane, end: end, shares: shares))
    }

    /// Why a client may not name a lane; nil: it may. Lanes of orders and messages that are taken in already are never
    /// refused, so a file may have more lanes than a client could make at once.
    package func refusal(ofLane lane: Text) -> MessageRefusal? {
        guard !lane.isEmpty, pending.namedLanes[lane] == nil else { return nil }
        let uptime = world.uptime()
        let known = committed { $0.lanes(at: uptime, besides: lane, settings) }
        guard let known else { return nil }
        let count = known.union(pending.namedLanes.keys).count
        guard count >= settings.lanesMax else {
            pending.namedLanes[lane] = uptime
            return nil
        }
        return .limit(
            "lanes of a file; it has \(count), and the lane \(lane) would be one more. A lane ends when its "
                + "messages are gone and no consumer reads it", max: settings.lanesMax)
    }

    static func closedLanes<Rows: TableReader & ~Copyable>(in rows: borrowing Rows) throws -> Set<Text> {
        let text = try rows.textSetting(closedLanesSetting)?.string ?? ""
        return Set(text.split(separator: "\n").map { Text(String($0)) })
    }

    private func count(_ key: CursorKey, in write: borrowing Write) throws -> CursorCount {
        let end = try write.transaction.nextOffset(of: key.queue)
        let head = committed(key) { CursorCount.Memory($0, end: end) }
        return try CursorCount(head, key, end: end, in: write.transaction)
    }
}
