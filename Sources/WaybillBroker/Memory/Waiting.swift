import Synchronization
import WaybillCore
import WaybillStore

/// Receives that wait for a message: woken by a commit, or by the time they gave themselves.
///
/// A write wakes as many as it takes to carry off what it brought, not all. Whoever is woken and cannot carry off
/// everything wakes the next, so nothing that is ready is left lying while somebody waits for it:
///
/// ```
///  commit: 40 messages ──wakes──► receive of 32 ──full──► the next one
///                                       │ not full: nothing is left for its like
/// ```
///
/// Receives are alike when they have the same subscription and lane: what one leaves, another of its like would too.
/// The exception is a client that holds all that it may, which passes on.
extension GroupMemory {
    /// What a consumer had seen when it found nothing.
    struct ChangeMark: Hashable {
        /// Of its group.
        var changes: UInt64
        /// Of its topic.
        var growths: UInt64
    }

    /// Waits until something happens on a topic or in a group, or until the deadline. Returns at once when it has
    /// happened since `seen`, or when too many wait.
    ///
    /// - Parameter deadline: by uptime, so that a wall clock that is set back prolongs no wait.
    func wait(_ group: GroupNumber, _ request: ReceiveRequest, until deadline: Interval, seen: ChangeMark) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let kind = WaiterKind(request)
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !Task.isCancelled, state.waiting.count < settings.waitersMax,
                        state.seen(group, kind.topic) == seen
                    else { return false }
                    state.groups[group]?.waiters.append(
                        Waiter(number: number, kind: kind, max: request.max, seen: seen) { continuation.resume() })
                    state.waiting.insert(number)
                    state.waits.add((group, number), due: deadline.asMoment)
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            let resume = state.withLock { $0.takeWaiter(number, of: group) }
            resume?()
        }
    }

    func seen(_ group: GroupNumber, _ topic: TopicName) -> ChangeMark? { state.withLock { $0.seen(group, topic) } }

    /// After a receive that may have left something: wakes the next of its like that has not looked since.
    func passOn(_ group: GroupNumber, _ request: ReceiveRequest) {
        let kind = WaiterKind(request)
        let resume = state.withLock { state -> (@Sendable () -> Void)? in
            guard let seen = state.seen(group, kind.topic),
                let next = state.groups[group]?.waiters.first(where: { $0.kind == kind && $0.seen != seen })
            else { return nil }
            return state.takeWaiter(next.number, of: group)
        }
        resume?()
    }

    /// Whether a bound may have kept a receive of this group from what is there.
    func isHeldBack(_ group: GroupNumber) -> Bool { state.withLock { $0.groups[group]?.isHeldBack ?? false } }

    /// Ends the waits whose time is over.
    func endWaits(upTo uptime: Interval) {
        let woken = state.withLock { $0.takeWoken(WakeUps(), uptime: uptime) }
        for resume in woken { resume() }
    }

    /// When the next wait ends, by uptime; nil: no receive is waiting.
    var nextWaitEnd: Interval? {
        state.withLock { $0.waits.earliest.map { Interval(milliseconds: $0.milliseconds) } }
    }

    /// The file is being closed: nobody waits any more.
    package func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            return state.groups.keys.sorted().flatMap { state.takeWaiters(of: $0) { _ in true } }
        }
        for resume in woken { resume() }
    }
}

extension Interval {
    /// An uptime as what a heap of due times counts in.
    fileprivate var asMoment: Moment { Moment(milliseconds: milliseconds) }
}

/// What a write means to those who wait.
struct WakeUps {
    /// Messages that topics got.
    var grown: [TopicName: Int64] = [:]
    /// Groups in which something is to be had again.
    var some: Set<GroupNumber> = []
    /// Groups in which anything may be otherwise: everybody looks again.
    var all: Set<GroupNumber> = []
}

/// Receives of the same group that would take and leave the same messages.
struct WaiterKind: Hashable {
    var subscription: Subscription
    var lane: Text

    init(_ request: ReceiveRequest) {
        subscription = request.subscription
        lane = request.lane
    }

    var topic: TopicName { subscription.topic }
}

/// A receive that waits for a message.
struct Waiter {
    var number: UInt64
    var kind: WaiterKind
    /// Messages that it would take.
    var max: Int
    var seen: GroupMemory.ChangeMark
    var resume: @Sendable () -> Void
}

extension GroupMemory.State {
    func seen(_ number: GroupNumber, _ topic: TopicName) -> GroupMemory.ChangeMark? {
        guard !isClosed, let group = groups[number], topics[topic] != nil else { return nil }
        return GroupMemory.ChangeMark(changes: group.changes, growths: growths[topic] ?? 0)
    }

    /// Those that a write has something for, taken out of the line; and those whose time is over by `uptime`.
    mutating func takeWoken(_ wakeUps: WakeUps, uptime: Interval?) -> [@Sendable () -> Void] {
        var woken: [@Sendable () -> Void] = []
        for (topic, count) in wakeUps.grown.sorted(by: { $0.key < $1.key }) {
            for group in (subscribers[topic] ?? []).sorted() {
                if groups[group]?.row.isBroadcast == true {
                    woken += takeWaiters(of: group) { $0.kind.topic == topic }
                } else {
                    woken += takeWaiters(of: group, for: count, in: topic)
                }
            }
        }
        for group in wakeUps.all.sorted() { woken += takeWaiters(of: group) { _ in true } }
        for group in wakeUps.some.subtracting(wakeUps.all).sorted() { woken += takeWaiters(of: group, for: 1) }
        if let uptime {
            while let wait = waits.take(upTo: uptime.asMoment) {
                if let resume = takeWaiter(wait.element.number, of: wait.element.group) { woken.append(resume) }
            }
        }
        return woken
    }

    mutating func takeWaiter(_ number: UInt64, of group: GroupNumber) -> (@Sendable () -> Void)? {
        takeWaiters(of: group) { $0.number == number }.first
    }

    /// As many of each kind as it takes to carry off so many messages, those that have waited longest.
    mutating func takeWaiters(
        of group: GroupNumber, for messages: Int64, in topic: TopicName? = nil
    ) -> [@Sendable () -> Void] {
        var left: [WaiterKind: Int64] = [:]
        return takeWaiters(of: group) { waiter in
            guard waiter.kind.topic == topic ?? waiter.kind.topic else { return false }
            let rest = left[waiter.kind] ?? messages
            left[waiter.kind] = rest - Int64(waiter.max)
            return rest > 0
        }
    }

    mutating func takeWaiters(of group: GroupNumber, _ isWoken: (Waiter) -> Bool) -> [@Sendable () -> Void] {
        guard let waiters = groups[group]?.waiters, !waiters.isEmpty else { return [] }
        var woken: [Waiter] = []
        var rest: [Waiter] = []
        for waiter in waiters { if isWoken(waiter) { woken.append(waiter) } else { rest.append(waiter) } }
        guard !woken.isEmpty else { return [] }
        groups[group]?.waiters = rest
        for waiter in woken { waiting.remove(waiter.number) }
        // The writer wakes for the earliest of them: nobody is to be waited for who is gone.
        waits.dropEarliest { [waiting] _, wait in waiting.contains(wait.number) }
        if waits.count > 2 * waiting.count + 1_024 {
            waits.compact { [waiting] _, wait in waiting.contains(wait.number) }
        }
        return woken.map(\.resume)
    }
}
