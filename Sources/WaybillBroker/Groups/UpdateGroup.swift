package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Changes the rules of a consumer group.
package struct UpdateGroup: BrokerVerb {
    var name: GroupName
    var rules: GroupSettings

    package init(_ name: GroupName, _ rules: GroupSettings) {
        self.name = name
        self.rules = rules
    }

    package func act(_ group: GroupView, by origin: Origin) -> Act? { Act(group, has: "changed") }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<GroupView> {
        try broker.updateGroup(name, rules, in: write)
    }
}

extension Broker {
    func updateGroup(
        _ name: GroupName, _ rules: GroupSettings, in write: borrowing Write
    ) throws -> BrokerReply<GroupView> {
        if let refusal = rules.refusal { return .refused(refusal) }
        guard var row = try write.transaction.group(name) else { return .refused(.unknownGroup(name)) }
        guard row.isFIFO == rules.isFIFO, row.isBroadcast == rules.isBroadcast else {
            return .refused(
                .notForThisGroup(name, problem: "fifo and broadcast are for life; delete it and make another"))
        }
        if rules.attemptsMax == 1, row.attemptsMax > 1, !row.isBroadcast { try lowerMarks(of: row, in: write) }
        row.adopt(rules)
        try write.transaction.updateGroup(row)
        pending.groups[row.number] = row
        return .success(row.view)
    }

    /// Brings the delivered-through marks of a group down to what it was given: from now on one attempt is all, and a
    /// crash counts what lies below a mark as delivered.
    private func lowerMarks(of group: GroupRow, in write: borrowing Write) throws {
        for key in committed({ $0.cursorKeys }) where key.group == group.number {
            freeze(key)
            guard let progress = progress(of: key) else { continue }
            let leases = leases(of: key)
            let recovered = pending.cursors[key]?.opened?.recoveredBelow ?? committed(key) { $0.recoveredBelow } ?? 0
            let mark = max(progress.end, (leases.last?.offset).map { $0 &+ 1 } ?? 0, recovered)
            change(key) { $0.exactMark = mark }
            // In a FIFO group nothing is passed over.
            guard !group.isFIFO else { continue }
            let leased = Set(leases.map(\.offset))
            for gap in progress.unfinished(below: mark) {
                for offset in gap.clamped(to: recovered..<mark) where !leased.contains(offset) {
                    try insertPassedOver(offset, of: key, in: write)
                }
            }
        }
    }

    /// What consumers have passed over below a mark, for want of room or for those with another filter, is owed by a
    /// row, which says that no attempt is used up.
    private func insertPassedOver(_ offset: Int64, of key: CursorKey, in write: borrowing Write) throws {
        let isReplayed = committed(key) { $0.isReplayed(offset) } ?? false
        if isReplayed, try write.transaction.redelivery(of: key.group, at: key.place(offset)) != nil { return }
        try insert(
            RedeliveryRow(
                group: key.group, queue: key.queue, offset: offset, attempt: 0, state: .ready, isReplayed: isReplayed),
            in: write)
    }
}
