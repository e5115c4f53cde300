package import WaybillCore
import WaybillStore

/// What is known of a message.
extension MessageReader {
    /// Undecided messages that a trace looks through when none of this id is visible.
    private static let undecidedMax = 10_000
    /// The newest delayed and decided messages that it looks through after them.
    private static let pendingMax = 10_000

    /// The traces of the messages of this id: one, unless its producer has sent it twice. Of half messages it tells
    /// where they stand and nothing that they say.
    package func trace(id: MessageID) throws -> [MessageTrace] {
        let visible = try messages(id: id).filter { !$0.topic.isDeadLetters }
        if !visible.isEmpty { return try visible.map { try trace(of: $0) } }
        return try waiting(id)
    }

    private func trace(of message: MessageView) throws -> MessageTrace {
        let place = MessagePlace(message.place)
        let remembered = ring.happenings(of: place)
        var trace = MessageTrace(
            id: message.id, topic: message.topic, bornAt: message.bornAt,
            standing: .visible(since: message.storedAt), happenings: remembered.happenings,
            happeningsSince: remembered.since)
        trace.groups = try store.read { rows in
            var standings: [GroupName: MessageTrace.GroupStanding] = [:]
            for group in try rows.groups(after: GroupNumber(0), limit: Self.pageMax)
            where group.deletedAt == nil && !group.isBroadcast {
                guard let cursor = try rows.cursor(group: group.number, queue: place.queue) else { continue }
                let owed = try rows.redelivery(of: group.number, at: place)
                standings[group.name] = try standing(at: place.offset, cursor, owed)
            }
            return standings
        }
        // Only what is finished can be dead.
        for (group, standing) in trace.groups where standing == .finished {
            let dead = try messages(id: message.id).contains { $0.topic == .deadLetters(of: group) }
            if dead { trace.groups[group] = .dead }
        }
        return trace
    }

    private func standing(
        at offset: Int64, _ cursor: CursorRow, _ owed: RedeliveryRow?
    ) throws -> MessageTrace.GroupStanding {
        if let owed {
            if owed.state == .parked { return .parked(attempt: owed.attempt) }
            return .comesAgain(attempt: owed.attempt, at: owed.due)
        }
        let progress = try Progress(cursor)
        if progress.firstUnfinished(from: offset) != offset { return .finished }
        return offset < cursor.deliveredThrough ? .started : .waiting
    }

    /// Messages that are not visible: delayed ones of an event, and half ones.
    private func waiting(_ id: MessageID) throws -> [MessageTrace] {
        let rows: [PendingMessageRow]
        if let (event, ordinal) = id.sentBy {
            rows = try store.read { rows in
                try rows.pendingMessages(ofEventsFrom: event, upTo: event, limit: Self.pageMax)
                    .filter { $0.message.ordinal == ordinal }
            }
        } else {
            let undecided = try undecided(id)
            rows = undecided.isEmpty ? try newest(id) : undecided
        }
        return try rows.compactMap { row in
            guard let standing = row.standing else { return nil }
            guard let topic = try store.read({ rows in try rows.topic(row.topic) }) else { return nil }
            return MessageTrace(
                id: id, topic: topic.name, bornAt: row.message.bornAt, standing: standing,
                happeningsSince: row.message.bornAt)
        }
    }

    /// Delayed messages from outside, and decided ones: by id there is no index, so the newest are looked through.
    private func newest(_ id: MessageID) throws -> [PendingMessageRow] {
        try search(for: id, from: PendingMessageNumber(.max), rowsMax: Self.pendingMax) { number, rows in
            try rows.pendingMessages(before: number, limit: Self.pageMax)
        }
    }

    private func undecided(_ id: MessageID) throws -> [PendingMessageRow] {
        try search(for: id, from: PendingMessageNumber(0), rowsMax: Self.undecidedMax) { number, rows in
            try rows.undecidedMessages(after: number, limit: Self.pageMax)
        }
    }

    /// Looks through pages, each in a short look at the file; those with the id are all in one page.
    private func search(
        for id: MessageID, from first: PendingMessageNumber, rowsMax: Int,
        page: (PendingMessageNumber, borrowing Snapshot) throws -> [PendingMessageRow]
    ) throws -> [PendingMessageRow] {
        var number = first
        var seen = 0
        while seen < rowsMax {
            let rows = try store.read { rows in try page(number, rows) }
            let found = rows.filter { $0.message.messageID == id }
            guard found.isEmpty, rows.count == Self.pageMax, let end = rows.last else { return found }
            number = end.number
            seen += rows.count
        }
        return []
    }
}

extension PendingMessageRow {
    /// Where it stands while nobody can see it; nil: it could be seen.
    fileprivate var standing: MessageTrace.Standing? {
        switch state {
        case .delayed: due.map { .delayed(until: $0) }
        case .half: .half(checks: checks, isParked: false)
        case .parked: .half(checks: checks, isParked: true)
        case .recalled: decidedAt.map { .recalled(at: $0) }
        case .rolledBack: decidedAt.map { .rolledBack(at: $0) }
        case .fired, .committed: nil
        }
    }
}
