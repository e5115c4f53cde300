import WaybillCore
import WaybillStore

/// The one place where what a write did becomes known: the dispatcher.
extension GroupMemory.State {
    /// Does to memory what a write has done to the file; answers whom that is for.
    mutating func apply(_ changes: PendingChanges, _ settings: BrokerSettings) -> WakeUps {
        var wakeUps = WakeUps()
        for number in changes.deletedTopics {
            guard let name = topics.first(where: { $0.value.number == number })?.key else { continue }
            wakeUps.all.formUnion(subscribers[name] ?? [])
            replace(name, by: nil)
        }
        for (name, topic) in changes.topics { replace(name, by: topic) }
        for (number, row) in changes.groups {
            replace(number, by: row)
            wakeUps.all.insert(number)
        }
        for filter in changes.filters {
            let isNew = keep(filter.use, as: filter.key, in: filter.group)
            subscribers[filter.topic, default: []].insert(filter.group)
            // What other filters had passed over may be what this one wants.
            guard isNew else { continue }
            groups[filter.group]?.lookAgain(in: topics[filter.topic])
            wakeUps.all.insert(filter.group)
        }
        for (group, queue) in changes.deadLetters { groups[group]?.deadLetters = queue }
        for (group, count) in changes.cleanedFilters where unusedFilters[group] == count { unusedFilters[group] = nil }
        name(changes.namedLanes, settings)
        if let closed = changes.closedLanes {
            closedLanes = closed
            wakeUps.all.formUnion(groups.keys)
        }
        for (queue, end) in changes.grown {
            guard let topic = queues[queue]?.topic else { continue }
            wakeUps.grown[topic, default: 0] += max(0, end - (ends[queue] ?? 0))
        }
        for topic in wakeUps.grown.keys { growths[topic, default: 0] += 1 }
        ends.merge(changes.grown) { max($0, $1) }
        for (key, change) in changes.cursors {
            apply(change, to: key)
            if change.opened != nil { wakeUps.all.insert(key.group) }
            if change.becameReady || groups[key.group]?.isHeldBack == true { wakeUps.some.insert(key.group) }
        }
        for key in changes.movedCursors {
            groups[key.group]?.cursors[key.queue]?.isBeingMoved = false
            wakeUps.all.insert(key.group)
        }
        for cut in changes.cuts {
            groups[cut.group]?.cursors[cut.queue]?.cut(below: cut.offset)
            groups[cut.group]?.dropHolders(in: cut.queue, below: cut.offset)
        }
        for outcome in changes.outcomes { groups[outcome.group]?.breaker.count(outcome.succeeded) }
        for change in changes.holders where groups[change.group]?.cursors[change.place.queue] != nil {
            groups[change.group]?.holders[change.place] = change.holder
        }
        for departed in changes.departed {
            groups[departed.group]?.clients[departed.client] = nil
            // A lane may be without consumers now.
            wakeUps.all.insert(departed.group)
        }
        for number in wakeUps.all.union(wakeUps.some) {
            groups[number]?.changes += 1
            groups[number]?.isHeldBack = false
        }
        dropLeaseEnds()
        for (key, change) in changes.cursors {
            assert(
                flaw(on: key, touching: change.finished + change.leased.keys) == nil,
                "memory contradicts itself after a commit")
        }
        return wakeUps
    }

    /// Lanes that requests have named. Those named long ago are forgotten.
    private mutating func name(_ lanes: [Text: Interval], _ settings: BrokerSettings) {
        guard let newest = lanes.values.max() else { return }
        namedLanes.merge(lanes) { max($0, $1) }
        namedLanes = namedLanes.filter { settings.isRemembered(laneNamedAt: $0.value, at: newest) }
    }

    /// The lease ends that are due, taken off the heap.
    mutating func popLeaseEnds(upTo now: Moment, limit: Int) -> [(due: Moment, lease: LeaseEnd)] {
        var ends: [(due: Moment, lease: LeaseEnd)] = []
        while ends.count < limit, let end = leaseEnds.pop(upTo: now) {
            // Acknowledged, or extended since.
            guard lease(at: end.element)?.until == end.due else { continue }
            ends.append((end.due, end.element))
        }
        return ends
    }

    /// Gives back what an undone write had kept: lease ends that it had looked at, and cursors that it was to move.
    mutating func undo(_ changes: PendingChanges) -> [@Sendable () -> Void] {
        for end in changes.ended { leaseEnds.add(end.lease, due: end.due) }
        for key in changes.movedCursors {
            groups[key.group]?.cursors[key.queue]?.isBeingMoved = false
            groups[key.group]?.changes += 1
        }
        return Set(changes.movedCursors.map(\.group)).sorted().flatMap { group in
            removeWaiters(of: group) { _ in true }
        }
    }

    private func lease(at end: LeaseEnd) -> Lease? {
        groups[end.cursor.group]?.cursors[end.cursor.queue]?.leases[end.offset]
    }

    /// Forgets the ends of leases that are over or were extended.
    private mutating func dropLeaseEnds() {
        if leaseEnds.count > 2 * leases + 1_024 {
            var ends = leaseEnds
            leaseEnds = DueHeap()
            ends.compact { due, end in lease(at: end)?.until == due }
            leaseEnds = ends
        }
    }

    private mutating func replace(_ name: TopicName, by topic: TopicState?) {
        let old = topics.removeValue(forKey: name)
        if let old, old.number != topic?.number {
            for queue in old.queues { drop(queue, of: name) }
            for number in subscribers[name] ?? [] { dropFilters(of: old.number, in: number) }
            subscribers[name] = nil
            growths[name] = nil
        } else if let old, let topic {
            let left = Set(topic.queues.map(\.number))
            for queue in old.queues where !left.contains(queue.number) { drop(queue, of: name) }
        }
        if let topic { add(topic) }
    }

    /// Forgets a stored queue that is gone, with every group's cursor on it.
    private mutating func drop(_ queue: TopicState.Queue, of topic: TopicName) {
        for number in subscribers[topic] ?? [] { drop(CursorKey(group: number, queue: queue.number)) }
        remove(queue)
    }

    /// Forgets the expressions for a topic that is gone.
    private mutating func dropFilters(of topic: TopicNumber, in group: GroupNumber) {
        let left = groups[group]?.filters.filter { $0.key.topic != topic }
        groups[group]?.filters = left ?? [:]
        unusedFilters[group, default: 0] += 1
    }

    private mutating func replace(_ number: GroupNumber, by row: GroupRow?) {
        if let row {
            if groups[number] == nil { groups[number] = GroupState(row: row) } else { groups[number]?.row = row }
            names[row.name] = number
        } else if let old = groups[number] {
            for queue in old.cursors.keys { drop(CursorKey(group: number, queue: queue)) }
            groups[number] = nil
            // A group that was made under this name in the same write has it now.
            guard names[old.row.name] == number else { return }
            names[old.row.name] = nil
            gone.groups.insert(old.row.name)
        }
    }

    /// Forgets a cursor and what is in flight on it.
    private mutating func drop(_ key: CursorKey) {
        guard let cursor = groups[key.group]?.cursors[key.queue] else { return }
        for offset in cursor.leases.keys { release(offset, of: key) }
        groups[key.group]?.cursors[key.queue] = nil
        groups[key.group]?.dropHolders(in: key.queue)
    }

    private mutating func release(_ offset: Int64, of key: CursorKey) {
        guard groups[key.group]?.cursors[key.queue]?.leases[offset] != nil else { return }
        groups[key.group]?.release(offset, in: key.queue)
        leases -= 1
    }

    private mutating func apply(_ change: CursorChange, to key: CursorKey) {
        if let opened = change.opened {
            drop(key)
            groups[key.group]?.damaged[key.queue] = nil
            groups[key.group]?.cursors[key.queue] = opened
            if let topic = queues[key.queue]?.topic { subscribers[topic, default: []].insert(key.group) }
        }
        for offset in change.finished { release(offset, of: key) }
        groups[key.group]?.cursors[key.queue]?.apply(change)
        for (offset, lease) in change.leased {
            groups[key.group]?.add(lease, of: offset, in: key.queue)
            leases += 1
            leaseEnds.add(LeaseEnd(cursor: key, offset: offset), due: lease.until)
        }
        for (offset, until) in change.extended {
            guard groups[key.group]?.cursors[key.queue]?.leases[offset] != nil else { continue }
            groups[key.group]?.cursors[key.queue]?.leases[offset]?.until = until
            leaseEnds.add(LeaseEnd(cursor: key, offset: offset), due: until)
        }
    }
}

extension GroupCursor {
    /// What a write did, but for leases.
    fileprivate mutating func apply(_ change: CursorChange) {
        for offset in change.finished { progress.finish(offset) }
        // As the row says: flushed with the write.
        if change.isOfRow { mark = max(mark, change.mark ?? 0, progress.end) }
        if let exactMark = change.exactMark { mark = max(exactMark, progress.floor) }
        if let floor = change.storedFloor { storedFloor = floor }
        owed += change.owed
        if change.becameReady {
            readyChanges += 1
            readyAfter = [:]
            cleanSince = [:]
        }
    }
}
