import Synchronization
package import WaybillCore
package import WaybillStore

/// The last deliveries and what became of them, in memory: the happy path writes nothing, so only this knows who had a
/// message, and when.
package final class TraceRing: Sendable {
    package struct Entry: Sendable {
        var place: MessagePlace
        var happening: MessageTrace.Happening

        package init(_ place: MessagePlace, _ happening: MessageTrace.Happening) {
            self.place = place
            self.happening = happening
        }
    }

    private struct State {
        var entries: [Entry] = []
        /// Where the next one goes once the ring is full.
        var next = 0
        var since: Moment
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

    /// What is kept of one message, the oldest first, and since when nothing is missing.
    package func happenings(of place: MessagePlace) -> (happenings: [MessageTrace.Happening], since: Moment) {
        state.withLock { state in
            let ordered = state.entries[state.next...] + state.entries[..<state.next]
            return (ordered.filter { $0.place == place }.map(\.happening), state.since)
        }
    }
}
