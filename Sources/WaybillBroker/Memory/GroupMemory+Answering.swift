import Synchronization
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What answers and the ends of leases ask of memory, and change in it.
extension GroupMemory {
    func isAlive(_ client: Text, of group: GroupNumber, at now: Moment) -> Bool {
        state.withLock { state in
            state.groups[group]?.isAlive(client, at: now, silenceMax: settings.clientSilenceMax) ?? false
        }
    }

    func leases(of client: Text, in group: GroupNumber) -> [(CursorKey, Int64, Lease)] {
        state.withLock { state in
            (state.groups[group]?.cursors ?? [:]).sorted { $0.key < $1.key }.flatMap { queue, cursor in
                cursor.leases.filter { $0.value.client == client }.sorted { $0.key < $1.key }
                    .map { (CursorKey(group: group, queue: queue), $0.key, $0.value) }
            }
        }
    }

    func redeliveries(heldBy client: Text, in group: GroupNumber) -> [MessagePlace] {
        state.withLock { state in
            (state.groups[group]?.holders ?? [:]).filter { $0.value.client == client }.keys.sorted()
        }
    }

    /// A client is heard of: by a heartbeat, or because it is part of this process and says itself when it goes.
    package func see(_ client: Text, of group: GroupName, isAttached: Bool, at now: Moment) {
        state.withLock { state in
            guard let number = state.names[group] else { return }
            state.groups[number]?.see(client, at: now)
            if isAttached { state.groups[number]?.clients[client]?.isAttached = true }
        }
    }

    /// The topics that a group reads.
    func topics(of group: GroupNumber) -> [TopicState] {
        state.withLock { state in
            state.subscribers.filter { $0.value.contains(group) }.keys.sorted().compactMap { state.topics[$0] }
        }
    }

    func topic(of queue: StoredQueueNumber) -> TopicState? {
        state.withLock { state in state.queues[queue].flatMap { state.topics[$0.topic] } }
    }

    func topic(named name: TopicName) -> TopicState? { state.withLock { $0.topics[name] } }

    func topic(_ number: TopicNumber) -> TopicState? {
        state.withLock { state in state.topics.values.first { $0.number == number } }
    }

    /// Who holds a redelivery.
    func holder(of place: MessagePlace, in group: GroupNumber) -> Holder? {
        state.withLock { $0.groups[group]?.holders[place] }
    }

    /// The queue of a group's dead letters, once some came back from there.
    func deadLetters(of group: GroupNumber) -> StoredQueueNumber? {
        state.withLock { $0.groups[group]?.deadLetters }
    }
}
