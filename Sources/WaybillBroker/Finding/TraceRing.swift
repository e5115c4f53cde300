import Synchronization
package import WaybillCore
package import WaybillStore

/// The last deliveries and what became of them, in memory: the happy path writes nothing, so only this knows who had a
/// message, and when. Deliveries are counted, for monitors.
package final class TraceRing: Sendable {
    package struct Entry: Sendable {
        var place: MessagePlace
        var happening: MessageTrace.Happening
        /// Of what is acknowledged: how long it has been visible; nil: it is gone.
        var took: Interval?

        package init(_ place: MessagePlace, _ happening: MessageTrace.Happening, took: Interval? = nil) {
            self.place = place
            self.happening = happening
            self.took = took
        }
    }

    private struct State {
        var entries: [Entry] = []
        /// Where the next one goes once the ring is full.
        var next = 0
        var since: Moment
        var counts = DeliveryTally()
    }

    private let capacity: Int
    private let state: Mutex<State>

    init(capacity: Int, now: Moment) {
        precondition(capacity > 0, "a ring holds one entry at least")
        self.capacity = capacity
        state = Mutex(State(since: now))
    }

    /// Keeps what happened, in place of the oldest.
    package func record(_ entries: [Entry]) {
        guard !entries.isEmpty else { return }
        state.withLock { state in
            state.counts.add(entries)
            for entry in entries {
                if state.entries.count < capacity {
                    state.entries.append(entry)
                } else {
                    // What is forgotten may be of the same moment as what stays: nothing is promised about it.
                    state.since = state.entries[state.next].happening.at.advanced(by: Interval(milliseconds: 1))
                    state.entries[state.next] = entry
                    state.next = (state.next + 1) % capacity
                }
            }
        }
    }

    /// Counts what a group got that keeps nothing in flight, and has no traces.
    func count(delivered count: Int, to group: GroupName, from queue: StoredQueueNumber) {
        guard count > 0 else { return }
        state.withLock { $0.counts.add(delivered: UInt64(count), to: group, from: queue) }
    }

    /// Questions about half messages were sent.
    func count(checks: UInt64) {
        if checks > 0 { state.withLock { $0.counts.checksSent += checks } }
    }

    /// What was counted since the file was opened, as lists: of a dictionary that someone else holds the next count
    /// would make a copy, under the lock.
    var counts:
        (
            numbers: [(key: DeliveryTally.Key, value: DeliveryTally.Numbers)],
            took: [(group: GroupName, buckets: Buckets)], checksSent: UInt64
        )
    {
        state.withLock { state in
            (
                Array(state.counts.numbers), state.counts.took.map { ($0.key, $0.value) }, state.counts.checksSent
            )
        }
    }

    /// Groups and stored queues are gone.
    func forget(_ gone: GoneCounts) {
        if gone.isEmpty { return }
        state.withLock { $0.counts.forget(gone) }
    }

    /// What is kept of one message, the oldest first, and since when nothing is missing.
    package func happenings(of place: MessagePlace) -> (happenings: [MessageTrace.Happening], since: Moment) {
        state.withLock { state in
            let ordered = state.entries[state.next...] + state.entries[..<state.next]
            return (ordered.filter { $0.place == place }.map(\.happening), state.since)
        }
    }
}
