import WaybillCore
import WaybillStore

/// Where a consumer looks for messages in one queue: rows that are ready first, then messages never delivered before.
extension GroupMemory.State {
    /// Where to look in one queue; nil: nothing is there for this consumer now.
    mutating func scan(
        _ number: StoredQueueNumber, of groupNumber: GroupNumber, _ request: ReceiveRequest, max: Int,
        readySeen: UInt64?, _ settings: BrokerSettings
    ) -> ScanStep? {
        guard !isEnding, let group = groups[groupNumber], let cursor = group.cursors[number],
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
        if readySeen != cursor.readyChanges, cursor.foundNone[use.number] != cursor.readyChanges {
            scan.source = .ready(after: cursor.readyAfter[use.number] ?? -1, change: cursor.readyChanges)
            if cursor.readyAfter[use.number] == nil {
                groups[groupNumber]?.cursors[number]?.cleanSince[use.number] = cursor.readyChanges
            }
            if request.isCautious { scan.max = 1 }
            return .scan(scan)
        }
        guard scan.origin == nil else { return nil }
        guard cursor.owed < settings.owedMax, group.inFlight < settings.inFlightMax,
            group.canHoldMore(request.client, settings), !group.breaker.isOpen || group.inFlight == 0
        else {
            groups[groupNumber]?.isHeldBack = true
            return nil
        }
        if group.breaker.isOpen { scan.max = 1 }
        if group.scansAlone {
            return scanAlone(scan, group, cursor, isCautious: request.isCautious)
        }
        return scanBeside(scan, cursor, isCautious: request.isCautious, settings)
    }

    /// New messages, while no other consumer of the group looks at new ones of this queue.
    private mutating func scanAlone(
        _ scan: Scan, _ group: GroupState, _ cursor: GroupCursor, isCautious: Bool
    ) -> ScanStep? {
        var scan = scan
        let key = scan.key
        guard !cursor.isScanned else {
            groups[key.group]?.cursors[key.queue]?.isScanAwaited = true
            return nil
        }
        let offsets = cursor.free(from: cursor.fresh, to: ends[key.queue] ?? 0, limit: min(256, max(32, scan.max)))
        guard let first = offsets.first else { return nil }
        groups[key.group]?.cursors[key.queue]?.isScanned = true
        scan.isAlone = true
        let isRecovered = isCautious && first < cursor.recoveredBelow
        scan.source = .fresh(isRecovered ? [first] : offsets)
        if isRecovered { scan.max = 1 }
        let isNew = first >= cursor.recoveredBelow && first >= cursor.fence ?? 0
        if isNew, group.row.attemptsMax > 1, !group.breaker.isOpen { scan.markOfNew = cursor.mark }
        return .scan(scan)
    }

    /// New messages from where consumers of the same filter have not looked yet, beside others.
    private mutating func scanBeside(
        _ scan: Scan, _ cursor: GroupCursor, isCautious: Bool, _ settings: BrokerSettings
    ) -> ScanStep? {
        var scan = scan
        let key = scan.key
        let start = cursor.next[scan.filterNumber] ?? cursor.progress.floor
        // A filter that chooses few looks at more.
        var offsets = cursor.free(from: start, to: ends[key.queue] ?? 0, limit: min(256, max(32, scan.max)))
        guard let first = offsets.first, let last = offsets.last else { return nil }
        if first < cursor.recoveredBelow {
            offsets = isCautious ? [first] : offsets.filter { $0 < cursor.recoveredBelow }
            if isCautious { scan.max = 1 }
        } else if let fence = cursor.fence, first < fence {
            // What is still owed there has rows, which only a write can tell.
            offsets = offsets.filter { $0 < fence }
        } else {
            guard last < cursor.mark else {
                let mark = max(last + 1, cursor.mark + settings.markStep)
                return .raiseMark(key, epoch: cursor.epoch, to: mark)
            }
            scan.taking = .memory
        }
        scan.source = .fresh(offsets)
        groups[key.group]?.cursors[key.queue]?.next[scan.filterNumber] = (offsets.last ?? last) + 1
        return .scan(scan)
    }

    /// Ready rows that a consumer has not read after all: one that waits looks again.
    mutating func release(_ offsets: Set<Int64>, of key: CursorKey) -> [@Sendable () -> Void] {
        groups[key.group]?.cursors[key.queue]?.wanted.subtract(offsets)
        return wakeNext(of: key.group)
    }

    /// Ends a scan: others may look at what it had kept for itself.
    mutating func end(
        _ scan: Scan, found: [Candidate], tookAll: Bool, isRefused: Bool
    ) -> [@Sendable () -> Void] {
        guard groups[scan.key.group]?.cursors[scan.key.queue]?.epoch == scan.epoch else { return [] }
        let hasLeft = groups[scan.key.group]?.cursors[scan.key.queue]?.end(scan, found: found, tookAll: tookAll)
        return hasLeft == true && !isRefused ? wakeNext(of: scan.key.group) : []
    }

    /// A consumer leaves what others have looked for in vain: one of each kind looks again.
    private mutating func wakeNext(of group: GroupNumber) -> [@Sendable () -> Void] {
        groups[group]?.changes += 1
        return removeWaiters(of: group, for: 1)
    }
}

extension GroupState {
    /// Whether one consumer at a time looks at new messages of a queue.
    ///
    /// In a FIFO group none may overtake another. Where one attempt is all, the delivered-through mark must not run
    /// ahead of what another consumer is about to take: after a crash that would be dead without a delivery.
    fileprivate var scansAlone: Bool { row.isFIFO || row.attemptsMax == 1 }

    /// Whether a client's memory has room for one more; the first comes however large it is.
    fileprivate func canHoldMore(_ client: Text, _ settings: BrokerSettings) -> Bool {
        guard let known = clients[client] else { return true }
        return known.heldBytes < settings.clientBytesMax
    }
}
