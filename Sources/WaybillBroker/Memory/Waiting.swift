import WaybillCore
import WaybillStore

/// Receives that wait for a message: woken by a commit, or by the time they gave themselves.
///
/// A write wakes as many as it takes to carry off what it brought, not all. A receive that is woken and cannot
/// carry off everything wakes the next, so nothing that is ready is left lying while a receive waits for it:
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

/// What becomes of a receive that would wait.
enum WaitEntry {
    case waits
    /// Something has happened since it looked.
    case looksAgain
    /// As many wait as may.
    case isFull
}

/// A receive that waits for a message.
struct Waiter {
    var number: UInt64
    var kind: WaiterKind
    /// Messages that it would take.
    var max: Int
    var seen: GroupMemory.ChangeMark
    var resume: @Sendable () -> Void

    init(
        number: UInt64, _ request: ReceiveRequest, seen: GroupMemory.ChangeMark, resume: @escaping @Sendable () -> Void
    ) {
        self.number = number
        kind = WaiterKind(request)
        max = request.max
        self.seen = seen
        self.resume = resume
    }
}

extension GroupMemory.State {
    func seen(_ number: GroupNumber, _ topic: TopicName) -> GroupMemory.ChangeMark? {
        guard !isClosed, let group = groups[number], topics[topic] != nil else { return nil }
        return GroupMemory.ChangeMark(changes: group.changes, growths: growths[topic] ?? 0)
    }

    mutating func numberNextWaiter() -> UInt64 {
        nextWaiter += 1
        return nextWaiter
    }

    /// Lets a receive wait, unless something has happened since it looked.
    mutating func add(
        _ waiter: Waiter, of group: GroupNumber, until deadline: Interval, _ settings: BrokerSettings
    ) -> WaitEntry {
        guard seen(group, waiter.kind.topic) == waiter.seen else { return .looksAgain }
        guard waiting.count < settings.waitersMax else { return .isFull }
        groups[group]?.waiters.append(waiter)
        waiting.insert(waiter.number)
        waits.add((group, waiter.number), due: deadline.asMoment)
        return .waits
    }

    /// Takes the next receive of this kind out of the line that has not seen all there is.
    mutating func passOn(_ group: GroupNumber, _ kind: WaiterKind) -> [@Sendable () -> Void] {
        guard let seen = seen(group, kind.topic),
            let next = groups[group]?.waiters.first(where: { $0.kind == kind && $0.seen != seen })
        else { return [] }
        return removeWaiters(of: group) { $0.number == next.number }
    }

    /// Ends all waits, and lets no other begin.
    mutating func close() -> [@Sendable () -> Void] {
        isClosed = true
        return groups.keys.sorted().flatMap { group in removeWaiters(of: group) { _ in true } }
    }

    /// When the next wait ends, by uptime; nil: no receive is waiting.
    var nextWaitEnd: Interval? { waits.earliest.map { Interval(milliseconds: $0.milliseconds) } }

    /// Takes those out of the line that a write has something for, and those whose time is over by `uptime`.
    mutating func wake(_ wakeUps: WakeUps, uptime: Interval?) -> [@Sendable () -> Void] {
        var woken: [@Sendable () -> Void] = []
        for (topic, count) in wakeUps.grown.sorted(by: { $0.key < $1.key }) {
            for group in (subscribers[topic] ?? []).sorted() {
                if groups[group]?.row.isBroadcast == true {
                    woken += removeWaiters(of: group) { $0.kind.topic == topic }
                } else {
                    woken += removeWaiters(of: group, for: count, in: topic)
                }
            }
        }
        for group in wakeUps.all.sorted() { woken += removeWaiters(of: group) { _ in true } }
        for group in wakeUps.some.subtracting(wakeUps.all).sorted() { woken += removeWaiters(of: group, for: 1) }
        if let uptime {
            while let wait = waits.pop(upTo: uptime.asMoment) {
                woken += removeWaiters(of: wait.element.group) { $0.number == wait.element.number }
            }
        }
        return woken
    }

    /// As many of each kind as it takes to carry off so many messages, those that have waited longest.
    mutating func removeWaiters(
        of group: GroupNumber, for messages: Int64, in topic: TopicName? = nil
    ) -> [@Sendable () -> Void] {
        var left: [WaiterKind: Int64] = [:]
        return removeWaiters(of: group) { waiter in
            guard waiter.kind.topic == topic ?? waiter.kind.topic else { return false }
            let rest = left[waiter.kind] ?? messages
            left[waiter.kind] = rest - Int64(waiter.max)
            return rest > 0
        }
    }

    /// Takes receives out of the line; answers what resumes them.
    mutating func removeWaiters(of group: GroupNumber, _ isWoken: (Waiter) -> Bool) -> [@Sendable () -> Void] {
        guard let waiters = groups[group]?.waiters, !waiters.isEmpty else { return [] }
        var woken: [Waiter] = []
        var rest: [Waiter] = []
        for waiter in waiters { if isWoken(waiter) { woken.append(waiter) } else { rest.append(waiter) } }
        guard !woken.isEmpty else { return [] }
        groups[group]?.waiters = rest
        for waiter in woken { waiting.remove(waiter.number) }
        // The writer wakes for the earliest of them: it must not wake for one that is gone.
        waits.dropEarliest { [waiting] _, wait in waiting.contains(wait.number) }
        if waits.count > 2 * waiting.count + 1_024 {
            waits.compact { [waiting] _, wait in waiting.contains(wait.number) }
        }
        return woken.map(\.resume)
    }
}
