package import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Changes the rules of a consumer group.
package struct UpdateGroup: BrokerVerb {
    var name: GroupName
    /// The rules that it gets, by those that it has.
    var change: @Sendable (GroupSettings) -> GroupSettings

    package init(_ name: GroupName, _ rules: GroupSettings) { self.init(name) { _ in rules } }

    /// - Parameter change: is asked in the write: of two changes at once none is lost.
    package init(_ name: GroupName, change: @escaping @Sendable (GroupSettings) -> GroupSettings) {
        self.name = name
        self.change = change
    }

    package func act(_ group: GroupView, by origin: Origin) -> Act? { Act(group, has: "changed") }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<GroupView> {
        try broker.updateGroup(name, change, in: write)
    }
}

extension Broker {
    func updateGroup(
        _ name: GroupName, _ change: (GroupSettings) -> GroupSettings, in write: borrowing Write
    ) throws -> BrokerReply<GroupView> {
        let found = try write.transaction.group(name)
        let rules = change(found?.view.settings ?? GroupSettings())
        if let refusal = rules.refusal { return .refused(refusal) }
        guard var row = found else { return .refused(.unknownGroup(name)) }
        guard row.isFIFO == rules.isFIFO, row.isBroadcast == rules.isBroadcast else {
            return .refused(
                .notForThisGroup(name, problem: "fifo and broadcast are for life; delete it and make another"))
        }
        if rules.attemptsMax == 1, row.attemptsMax > 1, !row.isBroadcast {
            if let refusal = refusalOfPassedOver(row) { return .refused(refusal) }
            try lowerMarks(of: row, in: write)
        }
        row.adopt(rules)
        try write.transaction.updateGroup(row)
        pending.groups[row.number] = row
        return .success(row.view)
    }

    /// Why the marks of a group cannot come down in one write; nil: they can.
    private func refusalOfPassedOver(_ group: GroupRow) -> MessageRefusal? {
        guard !group.isFIFO else { return nil }
        let count = committed({ $0.cursorKeys }).filter { $0.group == group.number }
            .reduce(Int64(0)) { $0 + passedOver(by: $1).reduce(0) { $0 + Int64($1.count) } }
        guard count > Int64(settings.passedOverMax) else { return nil }
        return .limit(
            "messages that consumers of the group \(group.name) have passed over for those with other expressions "
                + "(\(count) now); let those take them, or look back past them, before one attempt becomes all",
            max: settings.passedOverMax)
    }

    /// What consumers have passed over on a cursor: neither finished nor in flight, below what is.
    private func passedOver(by key: CursorKey) -> [Range<Int64>] {
        guard let progress = progress(of: key) else { return [] }
        let recovered = recoveredBelow(of: key)
        let leases = leases(of: key)
        let end = max(progress.end, (leases.last?.offset).map { $0 &+ 1 } ?? 0, recovered)
        var known = progress
        for lease in leases { known.finish(lease.offset) }
        return known.unfinished(below: end).map { $0.clamped(to: recovered..<end) }.filter { !$0.isEmpty }
    }

    /// Brings the delivered-through marks of a group down to what it was given: from now on one attempt is all, and a
    /// crash counts what lies below a mark as delivered.
    private func lowerMarks(of group: GroupRow, in write: borrowing Write) throws {
        for key in committed({ $0.cursorKeys }) where key.group == group.number {
            freeze(key)
            guard let progress = progress(of: key) else { continue }
            let inFlight = leases(of: key).last.map { $0.offset &+ 1 } ?? 0
            let mark = max(progress.end, inFlight, recoveredBelow(of: key))
            // In a FIFO group nothing is passed over.
            let passedOver = group.isFIFO ? [] : passedOver(by: key)
            change(key) { $0.exactMark = mark }
            for offset in passedOver.joined() { try insertPassedOver(offset, of: key, in: write) }
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
