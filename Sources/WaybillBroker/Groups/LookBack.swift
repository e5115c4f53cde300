package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Moves a group on a topic to the past, or past what waits; or says what that would do.
package struct LookBack: BrokerVerb {
    var group: GroupName
    var topic: TopicName
    var target: LookBackTarget
    var effects: LookBackEffects
    package var isPreview: Bool

    package init(
        _ group: GroupName, _ topic: TopicName, to target: LookBackTarget, effects: LookBackEffects = .shut,
        isPreview: Bool
    ) {
        self.group = group
        self.topic = topic
        self.target = target
        self.effects = effects
        self.isPreview = isPreview
    }

    package func act(_ report: LookBackReport, by origin: Origin) -> Act? {
        guard !isPreview else { return nil }
        return Act(
            "$look_back",
            [
                "group": .text(group.text.string), "topic": .text(topic.text.string), "to": .text(target.words),
                "effects": .text(effects.rawValue),
            ])
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<LookBackReport> {
        try broker.lookBack(group, topic, to: target, effects, isPreview: isPreview, in: write)
    }
}

/// Moving a group's cursors to the past, or past what waits.
///
/// What the group had finished comes again marked as replayed: it lies below the fence. What it is still owed keeps its
/// attempts and comes unmarked: it gets a row, or has one. Receipts that are out are worth nothing, because the cursor
/// gets a new epoch. The newest look-back of a queue says whether modules may have effects by what comes again.
extension Broker {
    func lookBack(
        _ name: GroupName, _ topicName: TopicName, to target: LookBackTarget, _ effects: LookBackEffects,
        isPreview: Bool, in write: borrowing Write
    ) throws -> BrokerReply<LookBackReport> {
        guard let group = try groupNumber(name, in: write) else { return .refused(.unknownGroup(name)) }
        guard let topic = try TopicState(topicName, in: write.transaction) else {
            return .refused(.unknownTopic(topicName))
        }
        guard !group.isBroadcast else {
            return .refused(.notForThisGroup(name, problem: "a broadcast begins at the newest, for each client"))
        }
        if topic.name == .deadLetters(of: name) {
            return .refused(.notForThisGroup(name, problem: "its own dead letters come back by redrive"))
        }
        var queues = topic.queues
        if case .message(let position) = target {
            queues = queues.filter { $0.number.number == position.origin?.queue }
            guard !queues.isEmpty else { return .refused(.unknownMessage("\(position) in \(topicName)")) }
        }
        var report = LookBackReport(
            group: name, topic: topicName, isPreview: isPreview, effects: effects, queues: [])
        if !isPreview { pending.topics[topicName] = topic }
        for queue in queues {
            let key = CursorKey(group: group.number, queue: queue.number)
            if epoch(of: key) == nil {
                if isPreview {
                    report.queues.append(try preview(of: target, on: queue, in: write))
                    continue
                }
                // One that could not be read begins anew.
                if isDamaged(key) { try write.transaction.deleteCursor(of: key.group, on: key.queue) }
                try openCursor(key, in: write)
            }
            let offset = try offset(of: target, queue.number, in: write)
            report.queues.append(try turn(key, group, topic, queue, to: offset, isPreview, in: write))
            guard !isPreview else { continue }
            let opened = effects == .open ? offset : nil
            try write.transaction.openEffects(of: group.number, in: queue.number, from: opened)
        }
        return .success(report)
    }

    /// What a look-back would do on a queue that the group has never read: it would begin at the oldest.
    private func preview(
        of target: LookBackTarget, on queue: TopicState.Queue, in write: borrowing Write
    ) throws -> LookBackReport.Queue {
        let target = try offset(of: target, queue.number, in: write)
        let oldest = min(try write.transaction.oldestOffset(of: queue.number) ?? target, target)
        var report = LookBackReport.Queue(
            lane: queue.lane, priority: Int(queue.priority), again: 0, passedOver: target - oldest, recalled: 0)
        try report.tellTimes(of: oldest..<target, on: queue.number, in: write)
        return report
    }

    private func offset(
        of target: LookBackTarget, _ queue: StoredQueueNumber, in write: borrowing Write
    ) throws -> Int64 {
        let end = try write.transaction.nextOffset(of: queue)
        let oldest = try write.transaction.oldestOffset(of: queue) ?? end
        let wanted: Int64 =
            switch target {
            case .oldest: oldest
            case .newest: end
            case .time(let moment): try write.transaction.offset(of: queue, visibleFrom: moment)
            case .message(let position): position.origin?.offset ?? end
            }
        return min(max(wanted, oldest), end)
    }

    /// Turns one cursor to an offset.
    private func turn(
        _ key: CursorKey, _ group: GroupRow, _ topic: TopicState, _ queue: TopicState.Queue, to target: Int64,
        _ isPreview: Bool, in write: borrowing Write
    ) throws -> LookBackReport.Queue {
        if !isPreview { freeze(key) }
        var leases = leases(of: key)
        let progress = progress(of: key) ?? Progress(floor: target)
        let recovered = recoveredBelow(of: key)
        // What a crash has counted as delivered is owed too, and keeps its count.
        // Nothing beyond the last message is, whatever a damaged lease says.
        let seen = max(progress.end, (leases.last?.offset).map { $0 &+ 1 } ?? 0, recovered)
        let end = min(seen, try write.transaction.nextOffset(of: key.queue))
        let open = progress.unfinished(below: max(end, target))
        let openCount = open.reduce(0) { $0 + count($1.clamped(to: target..<max(target, end))) }
        var report = LookBackReport.Queue(
            lane: queue.lane, priority: Int(queue.priority),
            again: max(0, end - target - openCount),
            passedOver: open.reduce(0) { $0 + count($1.clamped(to: 0..<target)) }
                - Int64(leases.count { $0.offset < target }), recalled: Int64(leases.count))
        let passed = open.map { $0.clamped(to: 0..<target) }.filter { !$0.isEmpty }
        if report.passedOver > 0, let first = passed.first, let last = passed.last {
            try report.tellTimes(of: first.lowerBound..<last.upperBound, on: key.queue, in: write)
        }
        guard !isPreview else { return report }
        try takeBackFollowers(on: key, in: write)
        leases = self.leases(of: key)
        try recall(key, group, topic, from: target, in: write)
        var owed = owed(on: key)
        for gap in open {
            for offset in gap.clamped(to: 0..<max(0, end)) {
                let lease = leases.first { $0.offset == offset }?.lease
                if lease == nil {
                    // What an earlier look-back brought and no consumer has reached yet comes by the cursor once more.
                    guard offset >= target, !isReplayed(offset, in: key),
                        try write.transaction.redelivery(of: key.group, at: key.place(offset)) == nil
                    else { continue }
                }
                let row = RedeliveryRow(
                    group: key.group, queue: key.queue, offset: offset,
                    attempt: lease?.attempt ?? (offset < recovered ? 1 : 0),
                    state: lease?.messageGroup != nil && offset >= target ? .behind : .ready,
                    messageGroup: lease?.messageGroup,
                    isReplayed: isReplayed(offset, in: key))
                try write.transaction.insert(row)
                owed += 1
                if let messageGroup = lease?.messageGroup {
                    try write.transaction.deleteLease(of: key.group, topic: topic.number, messageGroup: messageGroup)
                    try wakeDeadLetter(of: messageGroup, topic, key.group, in: write)
                }
            }
        }
        try reopen(key, again: target, end: end, owed: owed)
        return report
    }

    private func count(_ range: Range<Int64>) -> Int64 { range.upperBound - range.lowerBound }

    /// The new cursor in place of the old.
    private func reopen(_ key: CursorKey, again target: Int64, end: Int64, owed: Int) throws {
        guard let old = pending.cursors[key]?.opened.map(Fences.init) ?? committed(key, Fences.init) else { return }
        let fence = max(old.fence ?? 0, end)
        let row = CursorRow(
            group: key.group, queue: key.queue, epoch: old.epoch + 1, floor: target, deliveredThrough: target,
            fence: fence > target ? fence : nil, gap: old.gap)
        var cursor = try GroupCursor(row)
        cursor.owed = owed
        let stored = pending.cursors[key]?.stored ?? old.epoch
        pending.cursors[key] = CursorChange()
        change(key) { change in
            change.opened = cursor
            change.stored = stored
        }
    }

    private struct Fences {
        var epoch: Int64
        var fence: Int64?
        var gap: Int64?

        init(_ cursor: GroupCursor) {
            epoch = cursor.epoch
            fence = cursor.fence
            gap = cursor.gap
        }
    }

    /// Takes back what is held by rows. In FIFO groups rows of the part that is read again wait until it comes by, so
    /// that a message group keeps its order. What died in another group's dead letters is read again like what was
    /// finished: only the group's own dead letters are redriven.
    private func recall(
        _ key: CursorKey, _ group: GroupRow, _ topic: TopicState, from target: Int64, in write: borrowing Write
    ) throws {
        var walk = PageWalk<RedeliveryRow, Int64?>(after: nil, by: \.offset)
        while let page = try walk.next({ last, limit in
            try write.transaction.redeliveries(of: key.group, in: key.queue, after: last, limit: limit)
        }) {
            for row in page {
                if row.state == .parked, row.offset >= target, topic.name != .deadLetters(of: group.name) {
                    try delete(row, in: write)
                    continue
                }
                var changed = row
                let waits = row.messageGroup != nil && row.offset >= target && row.state != .parked
                guard waits || row.state == .held else { continue }
                changed.state = waits ? .behind : .ready
                changed.due = nil
                changed.nonce = nil
                guard changed != row else { continue }
                try update(changed, from: row, in: write)
                if let messageGroup = row.messageGroup, row.state == .held {
                    let scope = try scope(of: row.place, topic, key.group, in: write)
                    try write.transaction.deleteLease(of: key.group, topic: scope.number, messageGroup: messageGroup)
                    if !isOwnDeadLetters(topic, of: key.group) {
                        try wakeDeadLetter(of: messageGroup, topic, key.group, in: write)
                    }
                }
            }
        }
    }
}

extension LookBackReport.Queue {
    /// Says when the first and the last became visible of the messages that are passed over.
    fileprivate mutating func tellTimes(
        of offsets: Range<Int64>, on queue: StoredQueueNumber, in write: borrowing Write
    ) throws {
        guard !offsets.isEmpty else { return }
        func time(at offset: Int64) throws -> Moment? {
            try write.transaction.messageHeads(in: queue, fromOffset: offset, limit: 1).first?.visibleAt
        }
        passedOverFrom = try time(at: offsets.lowerBound)
        passedOverTo = try time(at: offsets.upperBound - 1)
    }
}
