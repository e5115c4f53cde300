import Synchronization
import WaybillCore
import WaybillStore

/// Receives that wait for a message: woken by a commit, or by the time they gave themselves.
extension GroupMemory {
    /// What a consumer had seen when it found nothing.
    struct Seen: Hashable {
        var changes: UInt64
        var ends: [StoredQueueNumber: Int64]
    }

    /// Waits until something happens on a topic or in a group, or until the deadline. Returns at once when it has
    /// happened since `seen`, or when too many wait.
    func wait(_ group: GroupNumber, _ topic: TopicName, until deadline: Moment, seen: Seen) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !Task.isCancelled, state.waiters < settings.waitersMax, state.seen(group, topic) == seen
                    else { return false }
                    state.groups[group]?.waiters.append(
                        Waiter(number: number, topic: topic, deadline: deadline) { continuation.resume() })
                    state.waiters += 1
                    state.waits.add((group, number), due: deadline)
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            let resume = state.withLock { $0.takeWaiter(number, of: group) }
            resume?()
        }
    }

    func seen(_ group: GroupNumber, _ topic: TopicName) -> Seen? { state.withLock { $0.seen(group, topic) } }

    /// The file is being closed: nobody waits any more.
    package func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            return state.groups.keys.sorted().flatMap { state.takeWaiters(of: $0) { _ in true } }
        }
        for resume in woken { resume() }
    }
}

extension GroupMemory.State {
    func seen(_ number: GroupNumber, _ topic: TopicName) -> GroupMemory.Seen? {
        guard !isClosed, let group = groups[number], let known = topics[topic] else { return nil }
        var ends: [StoredQueueNumber: Int64] = [:]
        for queue in known.queues { ends[queue.number] = self.ends[queue.number] }
        return GroupMemory.Seen(changes: group.changes, ends: ends)
    }

    /// Those that a write has something for, taken out of the line.
    mutating func takeWoken(_ changes: PendingChanges) -> [@Sendable () -> Void] {
        var woken: [@Sendable () -> Void] = []
        for queue in changes.grown.keys.sorted() {
            guard let topic = queues[queue]?.topic else { continue }
            for group in (subscribers[topic] ?? []).sorted() {
                woken += takeWaiters(of: group) { $0.topic == topic }
            }
        }
        for group in Set(changes.courses.keys.map(\.group)).union(changes.groups.keys).sorted() {
            woken += takeWaiters(of: group) { _ in true }
        }
        if let horizon = changes.horizon {
            while let wait = waits.take(upTo: horizon) {
                if let resume = takeWaiter(wait.element.number, of: wait.element.group) { woken.append(resume) }
            }
        }
        return woken
    }

    mutating func takeWaiter(_ number: UInt64, of group: GroupNumber) -> (@Sendable () -> Void)? {
        takeWaiters(of: group) { $0.number == number }.first
    }

    mutating func takeWaiters(of group: GroupNumber, _ isWoken: (Waiter) -> Bool) -> [@Sendable () -> Void] {
        guard let waiting = groups[group]?.waiters, !waiting.isEmpty else { return [] }
        let woken = waiting.filter(isWoken)
        guard !woken.isEmpty else { return [] }
        groups[group]?.waiters = waiting.filter { !isWoken($0) }
        waiters -= woken.count
        if waits.count > 2 * waiters + 1_024 {
            let known = Set(groups.values.flatMap { $0.waiters.map(\.number) })
            waits.compact { _, wait in known.contains(wait.number) }
        }
        return woken.map(\.resume)
    }
}
