import Synchronization
import WaybillCore
import WaybillStore

/// Where a consumer looks for messages in one queue.
extension GroupMemory {
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
}

extension GroupMemory.State {
    mutating func scan(
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
}

extension GroupState {
    /// Whether a client's memory has room for one more; the first comes however large it is.
    fileprivate func canHoldMore(_ client: Text, _ settings: BrokerSettings) -> Bool {
        guard let known = clients[client] else { return true }
        return known.heldBytes < settings.clientBytesMax
    }
}

extension GroupCursor {
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
