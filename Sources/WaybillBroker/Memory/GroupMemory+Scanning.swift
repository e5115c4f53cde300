import Synchronization
import WaybillCore
import WaybillStore

/// Where a consumer looks for messages, and taking them without a write.
extension GroupMemory {
    /// What memory says to a receive before it looks anywhere.
    enum ReceiveRoute {
        case refused(MessageRefusal)
        /// The group must be told of the topic or the expression first.
        case unknown
        /// The same attempt was answered before.
        case again(GroupNumber, [RememberedBatches.Element])
        /// Queues to look at, in this order.
        case queues(GroupNumber, [StoredQueueNumber])
        /// Everything goes to every client.
        case broadcast(GroupNumber, [StoredQueueNumber])
    }

    func route(_ request: ReceiveRequest, at now: Moment, uptime: Interval) -> ReceiveRoute {
        state.withLock { state in
            guard let number = state.names[request.group] else { return .refused(.unknownGroup(request.group)) }
            guard state.groups[number]?.see(request.client, lane: request.lane, at: now) != false else {
                return .refused(
                    .limit(
                        "clients of the group \(request.group) in the last ten minutes; give each consumer one name, "
                            + "and keep it", max: GroupState.clientsMax))
            }
            guard let topic = state.topics[request.subscription.topic],
                let group = state.groups[number],
                let use = group.filters[request.subscription.key(of: topic)],
                use.isStored(at: uptime, settings),
                group.row.isBroadcast || group.knows(topic.queues)
            else { return .unknown }
            state.groups[number]?.filters[request.subscription.key(of: topic)]?.usedAt = uptime
            state.forgetFilters(of: topic, in: number, at: uptime, settings)
            if let attempt = request.attempt, let batch = group.batches[attempt] { return .again(number, batch) }
            if group.row.isBroadcast { return .broadcast(number, topic.queues.map(\.number)) }
            state.groups[number]?.receives &+= 1
            return .queues(
                number, state.queues(of: topic, for: request, in: group, at: now, settings))
        }
    }

    /// Where to look in one queue; nil: nothing is there for this consumer now.
    func scan(
        _ number: StoredQueueNumber, of group: GroupNumber, _ request: ReceiveRequest, max: Int
    ) -> Scan? {
        state.withLock { state in
            state.scan(number, of: group, request, max: max, settings)
        }
    }

    /// Keeps ready rows for one consumer while it takes them; answers those that no other one wants.
    func want(_ offsets: [Int64], of key: CursorKey) -> Set<Int64> {
        state.withLock { $0.groups[key.group]?.cursors[key.queue]?.want(offsets) } ?? []
    }

    /// Ready rows that were kept for a consumer and not read after all.
    func release(_ offsets: Set<Int64>, of key: CursorKey) {
        guard !offsets.isEmpty else { return }
        let woken = state.withLock { state in
            state.groups[key.group]?.cursors[key.queue]?.wanted.subtract(offsets)
            return state.leave(something: key.group)
        }
        for resume in woken { resume() }
    }

    /// Bytes that one receive may read: as many as a batch may hold, and as all receives together have left. With none
    /// left it still gets one message. To be given back when it ends.
    func takeReadingBytes() -> Int {
        state.withLock { state in
            let share = min(settings.batchBytesMax, max(0, settings.readingBytesMax - state.readingBytes))
            state.readingBytes += share
            return share
        }
    }

    func giveBack(readingBytes share: Int) { state.withLock { $0.readingBytes -= share } }

    func remember(_ granted: [GrantedLease], of attempt: Text, in group: GroupNumber) {
        let batch = granted.map {
            RememberedBatches.Element(place: $0.place, attempt: $0.attempt, nonce: $0.nonce, until: $0.until)
        }
        state.withLock { $0.groups[group]?.batches.add(batch, of: attempt, max: settings.attemptsRememberedMax) }
    }

    /// Takes what was found without a write; answers what it got. Nobody else has it, and it is below the mark.
    func take(
        _ found: [Candidate], _ scan: Scan, for request: ReceiveRequest, at now: Moment, nonce: @Sendable () -> Int64
    ) -> [GrantedLease] {
        state.withLock { state in
            state.take(found, scan, for: request, at: now, settings, nonce: nonce)
        }
    }

    /// After a look that ended: others may look at what it had kept for itself.
    ///
    /// - Parameter isRefused: nothing can be written now, so nobody else is to try at once.
    func finish(_ scan: Scan, found: [Candidate], tookAll: Bool, isRefused: Bool = false) {
        let woken = state.withLock { state -> [@Sendable () -> Void] in
            guard var cursor = state.groups[scan.key.group]?.cursors[scan.key.queue], cursor.epoch == scan.epoch
            else { return [] }
            let hasLeft = cursor.finish(scan, found: found, tookAll: tookAll)
            state.groups[scan.key.group]?.cursors[scan.key.queue] = cursor
            return hasLeft && !isRefused ? state.leave(something: scan.key.group) : []
        }
        for resume in woken { resume() }
    }
}

extension GroupMemory.State {
    /// A consumer leaves what others have looked for in vain: one of each kind looks again.
    fileprivate mutating func leave(something group: GroupNumber) -> [@Sendable () -> Void] {
        groups[group]?.changes += 1
        return takeWaiters(of: group, for: 1)
    }
}

extension Subscription {
    func key(of topic: TopicState) -> FilterUse.Key {
        FilterUse.Key(topic: topic.number, kind: kind, expression: expression)
    }
}

extension GroupMemory.State {
    /// Forgets expressions that no consumer has used for long; what was left for them is looked at again.
    fileprivate mutating func forgetFilters(
        of topic: TopicState, in group: GroupNumber, at uptime: Interval, _ settings: BrokerSettings
    ) {
        let old = groups[group]?.filters.filter {
            $0.key.topic == topic.number && !$0.value.isInUse(at: uptime, settings)
        }
        guard let old, !old.isEmpty else { return }
        for key in old.keys { groups[group]?.filters[key] = nil }
        unusedFilters[group, default: 0] += 1
        groups[group]?.lookAgain(in: topic)
    }

    /// The queues that a consumer may read, the highest priority first; every tenth time the lowest. A lane's consumers
    /// read their lane; the base reads its own, and lanes without consumers.
    fileprivate func queues(
        of topic: TopicState, for request: ReceiveRequest, in group: GroupState, at now: Moment,
        _ settings: BrokerSettings
    ) -> [StoredQueueNumber] {
        let served = group.lanes(at: now, silenceMax: settings.clientSilenceMax).subtracting(closedLanes)
        let isBase = request.lane.isEmpty || closedLanes.contains(request.lane)
        let mine = topic.queues.filter { queue in
            isBase ? queue.lane.isEmpty || !served.contains(queue.lane) : queue.lane == request.lane
        }
        let isLowestFirst = group.receives % 10 == 9
        let sorted = mine.sorted { left, right in
            let (first, second) = isLowestFirst ? (left, right) : (right, left)
            return left.priority == right.priority ? left.number < right.number : first.priority < second.priority
        }
        return sorted.map(\.number) + (isBase ? group.deadLetters.map { [$0] } ?? [] : [])
    }

    fileprivate mutating func scan(
        _ number: StoredQueueNumber, of groupNumber: GroupNumber, _ request: ReceiveRequest, max: Int,
        _ settings: BrokerSettings
    ) -> Scan? {
        guard let group = groups[groupNumber], let cursor = group.cursors[number],
            let asked = topics[request.subscription.topic], let known = queues[number],
            !cursor.isBeingMoved, let topic = topics[known.topic],
            let use = group.filters[request.subscription.key(of: asked)]
        else { return nil }
        var scan = Scan(
            key: CursorKey(group: groupNumber, queue: number), topic: topic, queue: known.queue, epoch: cursor.epoch,
            source: .fresh([]), taking: .write, filterNumber: use.number, filter: use.filter,
            others: group.otherFilters(of: asked.number, besides: use.number),
            isFIFO: group.row.isFIFO, origin: topic.number == asked.number ? nil : asked.name, max: max)
        scan.asked = asked.number
        let lookAt = scan.filterNumber
        if cursor.foundNone[lookAt] != cursor.readyChanges {
            scan.source = .ready(after: cursor.readyAfter[lookAt] ?? -1, change: cursor.readyChanges)
            if cursor.readyAfter[lookAt] == nil {
                groups[groupNumber]?.cursors[number]?.cleanSince[lookAt] = cursor.readyChanges
            }
            if request.isCautious { scan.max = 1 }
            return scan
        }
        guard scan.origin == nil else { return nil }
        guard cursor.owed < settings.owedMax, group.inFlight < settings.inFlightMax,
            group.canHoldMore(request.client, settings), !group.breaker.isOpen || group.inFlight == 0
        else {
            groups[groupNumber]?.isHeldBack = true
            return nil
        }
        if group.breaker.isOpen { scan.max = 1 }
        return lookAtFresh(scan, group, cursor, isCautious: request.isCautious, settings)
    }

    /// The part of a look that is about messages never delivered before.
    private mutating func lookAtFresh(
        _ scan: Scan, _ group: GroupState, _ cursor: GroupCursor, isCautious: Bool, _ settings: BrokerSettings
    ) -> Scan? {
        var scan = scan
        let key = scan.key
        let end = ends[key.queue] ?? 0
        if scan.isFIFO {
            guard !cursor.isScanned else {
                groups[key.group]?.cursors[key.queue]?.isScanAwaited = true
                return nil
            }
            let offsets = cursor.free(from: cursor.fresh, to: end, limit: min(256, max(32, scan.max)))
            guard let first = offsets.first else { return nil }
            groups[key.group]?.cursors[key.queue]?.isScanned = true
            let isRecovered = isCautious && first < cursor.recoveredBelow
            scan.source = .fresh(isRecovered ? [first] : offsets)
            if isRecovered { scan.max = 1 }
            let isNew = first >= cursor.recoveredBelow && first >= cursor.fence ?? 0
            if isNew, group.row.attemptsMax > 1, !group.breaker.isOpen { scan.markOfNew = cursor.mark }
            return scan
        }
        let start = cursor.next[scan.filterNumber] ?? cursor.progress.floor
        // A filter that chooses few looks at more.
        var offsets = cursor.free(from: start, to: end, limit: min(256, max(32, scan.max)))
        guard let first = offsets.first, let last = offsets.last else { return nil }
        if first < cursor.recoveredBelow {
            offsets = isCautious ? [first] : offsets.filter { $0 < cursor.recoveredBelow }
            if isCautious { scan.max = 1 }
        } else if let fence = cursor.fence, first < fence {
            // What is still owed there has rows, which only a write can tell.
            offsets = offsets.filter { $0 < fence }
        } else if group.row.attemptsMax > 1 {
            if last >= cursor.mark {
                scan.taking = .raise(to: max(last + 1, cursor.mark + settings.markStep))
            } else {
                scan.taking = .memory
            }
        }
        scan.source = .fresh(offsets)
        if case .raise = scan.taking { return scan }
        groups[key.group]?.cursors[key.queue]?.next[scan.filterNumber] = (offsets.last ?? last) + 1
        return scan
    }

    fileprivate mutating func take(
        _ found: [Candidate], _ scan: Scan, for request: ReceiveRequest, at now: Moment, _ settings: BrokerSettings,
        nonce: @Sendable () -> Int64
    ) -> [GrantedLease] {
        guard let row = groups[scan.key.group]?.row else { return [] }
        let lease = Lease(
            attempt: 1, nonce: 0,
            until: now.advanced(by: request.renews ? settings.renewal : request.invisible ?? row.invisible),
            client: request.client, bytes: 0, takenAt: now, renews: request.renews)
        // In place: a copy of the cursor would copy all that is in flight.
        let given =
            groups[scan.key.group]?.cursors[scan.key.queue]?.take(
                found, scan, lease, nonce: nonce) ?? []
        for (offset, lease) in given {
            groups[scan.key.group]?.note(lease)
            leaseEnds.add(LeaseEnd(cursor: scan.key, offset: offset), due: lease.until)
        }
        leases += given.count
        let cursor = groups[scan.key.group]?.cursors[scan.key.queue]
        return given.map { offset, lease in
            GrantedLease(
                place: scan.key.place(offset), epoch: scan.epoch, attempt: 1, nonce: lease.nonce, until: lease.until,
                isReplayed: cursor?.isReplayed(offset) ?? false)
        }
    }
}

extension GroupState {
    /// Whether a client's memory has room for one more; the first comes however large it is.
    fileprivate func canHoldMore(_ client: Text, _ settings: BrokerSettings) -> Bool {
        guard let known = clients[client] else { return true }
        return known.heldBytes < settings.clientBytesMax
    }
}

extension GroupCursor {
    /// Leases what is wanted and free, up to what the look may take; the rest is looked at again.
    fileprivate mutating func take(
        _ found: [Candidate], _ scan: Scan, _ model: Lease, nonce: @Sendable () -> Int64
    ) -> [(Int64, Lease)] {
        guard epoch == scan.epoch, !isBeingMoved else { return [] }
        var given: [(Int64, Lease)] = []
        var bytes = 0
        for one in found where isFree(one.offset) {
            switch one.verdict {
            case .missing, .skipped: progress.finish(one.offset)
            case .left: break
            case .wanted:
                guard scan.hasRoom(for: one, besides: given.count, bytes: bytes) else {
                    next[scan.filterNumber] = min(next[scan.filterNumber] ?? one.offset, one.offset)
                    return given
                }
                var lease = model
                lease.nonce = nonce()
                lease.bytes = one.bytes
                bytes += one.bytes
                leases[one.offset] = lease
                given.append((one.offset, lease))
            }
        }
        return given
    }

    /// Answers whether it leaves something that others have not seen.
    fileprivate mutating func finish(_ scan: Scan, found: [Candidate], tookAll: Bool) -> Bool {
        for one in found { wanted.remove(one.offset) }
        let filter = scan.filterNumber
        switch scan.source {
        case .ready(let after, let change):
            if found.contains(where: { $0.content != nil }) {
                cleanSince[filter] = nil
                // Who looked meanwhile found all of it wanted, and took that for the end of the list.
                foundNone[filter] = nil
            }
            if let last = found.last {
                // Rows that others may want are passed over.
                readyAfter[filter] = tookAll ? last.offset : after
            } else {
                // The end of the list: it begins again, unless nothing in it was wanted.
                readyAfter[filter] = nil
                if tookAll, change == readyChanges, cleanSince[filter] == change { foundNone[filter] = change }
            }
            // Others found them wanted, and saw nothing, or not what lies behind them.
            guard !found.isEmpty else { return false }
            defer { isOverlooked = false }
            return !tookAll || isOverlooked
        case .fresh(let offsets):
            if scan.isFIFO {
                isScanned = false
                if tookAll, let last = found.last { fresh = max(fresh, last.offset + 1) }
                defer { isScanAwaited = false }
                return isScanAwaited
            }
            // What was not read, or not taken, is looked at again; what others may want is not.
            let passed = Set(found.lazy.filter { $0.isLeft }.map(\.offset))
            if let first = offsets.first(where: { isFree($0) && !passed.contains($0) }) {
                next[filter] = min(next[filter] ?? first, first)
                return true
            }
            return false
        }
    }

    /// Keeps ready rows for one consumer while it takes them; answers those that no other one wants.
    mutating func want(_ offsets: [Int64]) -> Set<Int64> {
        let free = Set(offsets).subtracting(wanted)
        wanted.formUnion(free)
        if free.count < offsets.count {
            // Whether the other takes them is not known yet: nobody may conclude that nothing is ready.
            isOverlooked = true
            cleanSince = [:]
            foundNone = [:]
        }
        return free
    }
}
