import WaybillCore
import WaybillStore

/// What must hold of a cursor in memory, whatever was done to it. Debug checks ask at the end of each lease in memory
/// and of each commit.
extension GroupMemory.State {
    /// What contradicts itself on a cursor, at some offsets that were just touched; nil: nothing.
    ///
    /// - The floor, and all that is in flight, is below the delivered-through mark: a crash must count it.
    /// - Nothing is finished and in flight. What retention took may be: it ends by itself.
    /// - A group counts as many in flight as there are leases.
    /// - What a FIFO group has in flight of a message group in a topic is with one client. Among its own dead letters
    ///   those of several topics lie, and each keeps its order apart.
    func flaw(on key: CursorKey, touching offsets: some Sequence<Int64>) -> String? {
        guard let group = groups[key.group], let cursor = group.cursors[key.queue] else { return nil }
        if cursor.progress.floor > cursor.mark { return "the floor is beyond the delivered-through mark" }
        for offset in offsets {
            guard let lease = cursor.leases[offset] else { continue }
            if cursor.progress.isFinished(offset) { return "offset \(offset) is finished, and in flight" }
            if offset >= cursor.mark { return "offset \(offset) is in flight beyond the delivered-through mark" }
            if let messageGroup = lease.messageGroup,
                clients(of: messageGroup, on: key, in: group).contains(where: { $0 != lease.client })
            {
                return "the message group \(messageGroup) is in flight with two clients"
            }
        }
        let leases = group.cursors.values.reduce(0) { $0 + $1.leases.count }
        return leases == group.inFlight ? nil : "\(leases) leases, and \(group.inFlight) are counted"
    }

    /// Who has messages of a message group in flight in the topic of a cursor.
    private func clients(of messageGroup: Text, on key: CursorKey, in group: GroupState) -> [Text] {
        guard let topic = queues[key.queue].flatMap({ topics[$0.topic] }),
            topic.name != .deadLetters(of: group.row.name)
        else { return [] }
        return topic.queues.flatMap { queue in
            (group.cursors[queue.number]?.leases.values.filter { $0.messageGroup == messageGroup } ?? []).map(\.client)
        }
    }
}
