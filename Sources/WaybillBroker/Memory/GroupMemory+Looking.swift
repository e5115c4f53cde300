import Synchronization
import WaybillCore
import WaybillStore

/// Where a consumer looks for messages, and taking them without a write.
extension GroupMemory {
    /// What memory says to a receive before it looks anywhere.
    enum Welcome {
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

    func welcome(_ reception: Reception, at now: Moment, uptime: Interval) -> Welcome {
        state.withLock { state in
            guard let number = state.names[reception.group] else { return .refused(.unknownGroup(reception.group)) }
            state.groups[number]?.see(reception.client, lane: reception.lane, at: now)
            guard let topic = state.topics[reception.subscription.topic],
                let group = state.groups[number],
                let use = group.filters[reception.subscription.key(of: topic)],
                use.isStored(at: uptime, settings),
                group.row.isBroadcast || group.knows(topic.queues)
            else { return .unknown }
            state.groups[number]?.filters[reception.subscription.key(of: topic)]?.usedAt = uptime
            state.forgetFilters(of: topic, in: number, at: uptime, settings)
            if let attempt = reception.attempt, let batch = group.batches[attempt] { return .again(number, batch) }
            if group.row.isBroadcast { return .broadcast(number, topic.queues.map(\.number)) }
            state.groups[number]?.receives &+= 1
            return .queues(
                number, state.queues(of: topic, for: reception, in: group, at: now, settings))
        }
    }

    /// Where to look in one queue; nil: nothing is there for this consumer now.
    func look(
        _ number: StoredQueueNumber, of group: GroupNumber, _ reception: Reception, max: Int
    ) -> Look? {
        state.withLock { state in
            state.look(number, of: group, reception, max: max, settings)
        }
    }

    /// Keeps ready rows for one consumer while it takes them; answers those that no other one wants.
    func want(_ offsets: [Int64], of key: CourseKey) -> Set<Int64> {
        state.withLock { $0.groups[key.group]?.courses[key.queue]?.want(offsets) } ?? []
    }

    /// Ready rows that were kept for a consumer and not read after all.
    func release(_ offsets: Set<Int64>, of key: CourseKey) {
        guard !offsets.isEmpty else { return }
        let woken = state.withLock { state in
            state.groups[key.group]?.courses[key.queue]?.wanted.subtract(offsets)
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

    func remember(_ granted: [Granted], of attempt: Text, in group: GroupNumber) {
        let batch = granted.map {
            RememberedBatches.Element(place: $0.place, attempt: $0.attempt, nonce: $0.nonce, until: $0.until)
        }
        state.withLock { $0.groups[group]?.batches.add(batch, of: attempt, max: settings.attemptsRememberedMax) }
    }

    /// Takes what was found without a write; answers what it got. Nobody else has it, and it is below the mark.
    func take(
        _ found: [Found], _ look: Look, for reception: Reception, at now: Moment, nonce: @Sendable () -> Int64
    ) -> [Granted] {
        state.withLock { state in
            state.take(found, look, for: reception, at: now, settings, nonce: nonce)
        }
    }

    /// After a look that ended: others may look at what it had kept for itself.
    ///
    /// - Parameter isRefused: nothing can be written now, so nobody else is to try at once.
    func finish(_ look: Look, found: [Found], tookAll: Bool, isRefused: Bool = false) {
        let woken = state.withLock { state -> [@Sendable () -> Void] in
            guard var course = state.groups[look.key.group]?.courses[look.key.queue], course.epoch == look.epoch
            else { return [] }
            let hasLeft = course.finish(look, found: found, tookAll: tookAll)
            state.groups[look.key.group]?.courses[look.key.queue] = course
            return hasLeft && !isRefused ? state.leave(something: look.key.group) : []
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
        of topic: TopicState, for reception: Reception, in group: GroupState, at now: Moment,
        _ settings: BrokerSettings
    ) -> [StoredQueueNumber] {
        let served = group.lanes(at: now, silenceMax: settings.clientSilenceMax).subtracting(closedLanes)
        let isBase = reception.lane.isEmpty || closedLanes.contains(reception.lane)
        let mine = topic.queues.filter { queue in
            isBase ? queue.lane.isEmpty || !served.contains(queue.lane) : queue.lane == reception.lane
        }
        let isLowestFirst = group.receives % 10 == 9
        let sorted = mine.sorted { left, right in
            let (first, second) = isLowestFirst ? (left, right) : (right, left)
            return left.priority == right.priority ? left.number < right.number : first.priority < second.priority
        }
        return sorted.map(\.number) + (isBase ? group.deadLetters.map { [$0] } ?? [] : [])
    }

    fileprivate mutating func look(
        _ number: StoredQueueNumber, of groupNumber: GroupNumber, _ reception: Reception, max: Int,
        _ settings: BrokerSettings
    ) -> Look? {
        guard let group = groups[groupNumber], let course = group.courses[number],
            let asked = topics[reception.subscription.topic], let known = queues[number],
            !course.isTurning, let topic = topics[known.topic],
            let use = group.filters[reception.subscription.key(of: asked)]
        else { return nil }
        var look = Look(
            key: CourseKey(group: groupNumber, queue: number), topic: topic, queue: known.queue, epoch: course.epoch,
            source: .fresh([]), taking: .write, filterNumber: use.number, filter: use.filter,
            others: group.otherFilters(of: asked.number, besides: use.number),
            isFIFO: group.row.isFIFO, origin: topic.number == asked.number ? nil : asked.name, max: max)
        look.asked = asked.number
        let lookAt = look.filterNumber
        if course.foundNone[lookAt] != course.readyChanges {
            look.source = .ready(after: course.readyAfter[lookAt] ?? -1, change: course.readyChanges)
            if course.readyAfter[lookAt] == nil {
                groups[groupNumber]?.courses[number]?.cleanSince[lookAt] = course.readyChanges
            }
            if reception.isCautious { look.max = 1 }
            return look
        }
        guard look.origin == nil else { return nil }
        guard course.owed < settings.owedMax, group.inFlight < settings.inFlightMax,
            group.canHoldMore(reception.client, settings), !group.breaker.isOpen || group.inFlight == 0
        else {
            groups[groupNumber]?.isHeldBack = true
            return nil
        }
        if group.breaker.isOpen { look.max = 1 }
        return lookAtFresh(look, group, course, isCautious: reception.isCautious, settings)
    }

    /// The part of a look that is about messages never delivered before.
    private mutating func lookAtFresh(
        _ look: Look, _ group: GroupState, _ course: Course, isCautious: Bool, _ settings: BrokerSettings
    ) -> Look? {
        var look = look
        let key = look.key
        let end = ends[key.queue] ?? 0
        if look.isFIFO {
            guard !course.isScanned else {
                groups[key.group]?.courses[key.queue]?.isScanAwaited = true
                return nil
            }
            let offsets = course.free(from: course.fresh, to: end, limit: min(256, max(32, look.max)))
            guard let first = offsets.first else { return nil }
            groups[key.group]?.courses[key.queue]?.isScanned = true
            let isRecovered = isCautious && first < course.recoveredBelow
            look.source = .fresh(isRecovered ? [first] : offsets)
            if isRecovered { look.max = 1 }
            let isNew = first >= course.recoveredBelow && first >= course.fence ?? 0
            if isNew, group.row.attemptsMax > 1, !group.breaker.isOpen { look.markOfNew = course.mark }
            return look
        }
        let start = course.next[look.filterNumber] ?? course.progress.floor
        // A filter that chooses few looks at more.
        var offsets = course.free(from: start, to: end, limit: min(256, max(32, look.max)))
        guard let first = offsets.first, let last = offsets.last else { return nil }
        if first < course.recoveredBelow {
            offsets = isCautious ? [first] : offsets.filter { $0 < course.recoveredBelow }
            if isCautious { look.max = 1 }
        } else if let fence = course.fence, first < fence {
            // What is still owed there has rows, which only a write can tell.
            offsets = offsets.filter { $0 < fence }
        } else if group.row.attemptsMax > 1 {
            if last >= course.mark {
                look.taking = .raise(to: max(last + 1, course.mark + settings.markStep))
            } else {
                look.taking = .memory
            }
        }
        look.source = .fresh(offsets)
        if case .raise = look.taking { return look }
        groups[key.group]?.courses[key.queue]?.next[look.filterNumber] = (offsets.last ?? last) + 1
        return look
    }

    fileprivate mutating func take(
        _ found: [Found], _ look: Look, for reception: Reception, at now: Moment, _ settings: BrokerSettings,
        nonce: @Sendable () -> Int64
    ) -> [Granted] {
        guard let row = groups[look.key.group]?.row else { return [] }
        let lease = Lease(
            attempt: 1, nonce: 0,
            until: now.advanced(by: reception.renews ? settings.renewal : reception.invisible ?? row.invisible),
            client: reception.client, bytes: 0, takenAt: now, renews: reception.renews)
        // In place: a copy of the course would copy all that is in flight.
        let given =
            groups[look.key.group]?.courses[look.key.queue]?.take(
                found, look, lease, nonce: nonce) ?? []
        for (offset, lease) in given {
            groups[look.key.group]?.note(lease)
            leaseEnds.add(LeaseEnd(course: look.key, offset: offset), due: lease.until)
        }
        leases += given.count
        let course = groups[look.key.group]?.courses[look.key.queue]
        return given.map { offset, lease in
            Granted(
                place: look.key.place(offset), epoch: look.epoch, attempt: 1, nonce: lease.nonce, until: lease.until,
                isReplayed: course?.isReplayed(offset) ?? false)
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

extension Course {
    /// Leases what is wanted and free, up to what the look may take; the rest is looked at again.
    fileprivate mutating func take(
        _ found: [Found], _ look: Look, _ model: Lease, nonce: @Sendable () -> Int64
    ) -> [(Int64, Lease)] {
        guard epoch == look.epoch, !isTurning else { return [] }
        var given: [(Int64, Lease)] = []
        var bytes = 0
        for one in found where isFree(one.offset) {
            switch one.verdict {
            case .missing, .skipped: progress.finish(one.offset)
            case .left: break
            case .wanted:
                guard look.hasRoom(for: one, besides: given.count, bytes: bytes) else {
                    next[look.filterNumber] = min(next[look.filterNumber] ?? one.offset, one.offset)
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
    fileprivate mutating func finish(_ look: Look, found: [Found], tookAll: Bool) -> Bool {
        for one in found { wanted.remove(one.offset) }
        let filter = look.filterNumber
        switch look.source {
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
            if look.isFIFO {
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
