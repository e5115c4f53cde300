package import WaybillCore
import WaybillStore

/// What is known of a message.
extension MessageReader {
    /// Pending messages that are passed in one look at the file.
    private static let pendingPerLook = 10_000
    /// Messages of one id that are told apart.
    private static let pendingMax = 100

    /// The traces of the messages of this id: one, unless its producer has sent it twice. Of half messages it tells
    /// where they stand and nothing that they say.
    package func trace(id: MessageID) throws -> [MessageTrace] {
        let visible = try messagesWithoutBodies(id: id).filter { !$0.topic.isDeadLetters }
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
            try rows.forEachGroup { group in
                guard !group.isBroadcast, let cursor = try rows.cursor(group: group.number, queue: place.queue)
                else { return }
                let owed = try rows.redelivery(of: group.number, at: place)
                standings[group.name] = try standing(at: place.offset, cursor, owed)
            }
            return standings
        }
        // Only what is finished can have died.
        for (group, standing) in trace.groups where standing == .finished {
            let copies = try messagesWithoutBodies(
                id: message.id, in: .deadLetters(of: group), limit: Self.pendingMax)
            if copies.isEmpty {
                if try !isWanted(message, by: group, trace.happenings) { trace.groups[group] = .notSubscribed }
                continue
            }
            trace.groups[group] = try self.standing(ofDead: copies, of: group)
            for copy in copies { trace.happenings += ring.happenings(of: MessagePlace(copy.place)).happenings }
            trace.happenings.sort { $0.at < $1.at }
        }
        return trace
    }

    /// Where the dead letters of a message stand: one that is dead counts, then one that was given back.
    private func standing(ofDead copies: [MessageView], of name: GroupName) throws -> MessageTrace.GroupStanding {
        var found = MessageTrace.GroupStanding.finished
        for copy in copies {
            let place = MessagePlace(copy.place)
            let standing = try store.read { rows -> MessageTrace.GroupStanding in
                guard let group = try rows.group(name),
                    let cursor = try rows.cursor(group: group.number, queue: place.queue)
                else { return .dead }
                guard let owed = try rows.redelivery(of: group.number, at: place) else {
                    return try Progress(cursor).isFinished(place.offset) ? .finished : .dead
                }
                return owed.state == .parked ? .dead : .comesAgain(attempt: owed.attempt, at: owed.due)
            }
            if standing == .dead { return .dead }
            if standing != .finished { found = standing }
        }
        return found
    }

    /// Whether a group that is done with a message had it, as far as memory and the expressions in use tell.
    private func isWanted(
        _ message: MessageView, by name: GroupName, _ happenings: [MessageTrace.Happening]
    ) throws -> Bool {
        if happenings.contains(where: { $0.group == name && $0.kind == .acknowledged }) { return true }
        return try store.read { rows in
            guard let group = try rows.group(name), let topic = try rows.topic(message.topic) else { return true }
            var filters: [FilterRow] = []
            var walk = PageWalk(after: 0, by: \FilterRow.number, limit: Self.pageMax)
            while let page = try walk.next({ try rows.filters(of: group.number, after: $0, limit: $1) }) {
                filters += page.filter { $0.topic == topic }
            }
            return filters.isEmpty
                || filters.contains {
                    MessageFilter.kept($0.type, $0.expression).matches(tag: message.tag, properties: message.properties)
                }
        }
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
        if id.sentBy != nil {
            rows = try store.read { rows in
                guard let (event, ordinal) = try rows.sender(of: id) else { return [] }
                return try rows.pendingMessages(ofEventsFrom: event, upTo: event, limit: Self.pageMax)
                    .filter { $0.message.ordinal == ordinal }
            }
        } else {
            rows = try pending(id)
        }
        return try rows.compactMap { row in
            guard let standing = row.standing else { return nil }
            guard let topic = try store.read({ rows in try rows.topic(row.topic) }) else { return nil }
            return MessageTrace(
                id: id, topic: topic.name, bornAt: row.message.bornAt, standing: standing,
                happeningsSince: row.message.bornAt)
        }
    }

    /// Delayed messages from outside, half and decided ones, the newest first. By id there is no index, so all are
    /// passed, in short looks; only those of the id are held in memory.
    private func pending(_ id: MessageID) throws -> [PendingMessageRow] {
        var found: [PendingMessageRow] = []
        var end: PendingMessageNumber? = PendingMessageNumber(.max)
        while let before = end, found.count < Self.pendingMax {
            let room = Self.pendingMax - found.count
            let (rows, first) = try store.read { rows in
                let first = try rows.pendingMessage(before: before, skipping: Self.pendingPerLook - 1)
                let from = first ?? PendingMessageNumber(0)
                return (try rows.pendingMessages(id: id, from: from, before: before, limit: room), first)
            }
            found += rows
            end = first
        }
        return found
    }
}

extension PendingMessageRow {
    /// Where it stands before consumers can see it; nil: it could be seen.
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
