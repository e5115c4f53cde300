import WaybillCore
import WaybillStore
package import WaybillTimeouts

/// Takes in a write what a consumer found, as far as it is still to be had.
package struct Take: BrokerVerb {
    package static let isOfReceiving = true

    let scan: Scan
    let found: [Candidate]
    let client: Text
    let renews: Bool
    let invisible: Interval?

    init(_ scan: Scan, _ found: [Candidate], _ request: ReceiveRequest) {
        self.scan = scan
        self.found = found
        client = request.client
        renews = request.renews
        invisible = request.invisible
    }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<TakeResult> {
        try broker.take(self, in: write)
    }
}

/// What a consumer got in a write.
package struct TakeResult: Sendable {
    var granted: [GrantedLease] = []
    /// Whether everything that was found has been dealt with.
    var isComplete = true
}

/// Taking messages in a write: later deliveries; all of FIFO groups and of groups in which one attempt is all; and of
/// others what a look-back brings again, or what a crash has counted as delivered.
extension Broker {
    /// Gives a consumer what it found, as far as it is still to be had.
    func take(_ request: Take, in write: borrowing Write) throws -> BrokerReply<TakeResult> {
        let scan = request.scan
        guard let group = groupRow(scan.key.group), epoch(of: scan.key) == scan.epoch else {
            return .success(TakeResult())
        }
        var taking = TakeResult()
        var bytes = 0
        let until = write.now.advanced(by: request.renews ? settings.renewal : request.invisible ?? group.invisible)
        for one in request.found {
            if one.content != nil, !scan.hasRoom(for: one, besides: taking.granted.count, bytes: bytes) {
                taking.isComplete = false
                break
            }
            let grant: GrantedLease? =
                switch scan.source {
                case .fresh: try takeFresh(one, request, group, until: until, in: write)
                case .ready: try takeRow(one, request, group, until: until, in: write)
                }
            if let grant {
                taking.granted.append(grant)
                bytes += one.bytes
            }
        }
        return .success(taking)
    }

    // MARK: Messages without a row

    private func takeFresh(
        _ one: Candidate, _ request: Take, _ group: GroupRow, until: Moment, in write: borrowing Write
    ) throws -> GrantedLease? {
        let key = request.scan.key
        guard isFree(one.offset, in: key) else { return nil }
        let used: Int64 = one.offset < (committed(key) { $0.recoveredBelow } ?? 0) ? 1 : 0
        var row = RedeliveryRow(
            group: key.group, queue: key.queue, offset: one.offset, attempt: used, state: .ready,
            messageGroup: one.messageGroup)
        row.isReplayed = committed(key) { $0.isReplayed(one.offset) } ?? false
        if row.isReplayed, let owed = try write.transaction.redelivery(of: key.group, at: row.place) {
            // Owed since before the look-back: it comes by its row, in FIFO groups in its turn.
            finish(one.offset, in: key)
            guard owed.state == .behind, try !isBusy(owed, request.scan.topic, in: write) else {
                return nil
            }
            var ready = owed
            ready.state = .ready
            try update(ready, from: owed, in: write)
            return nil
        }
        switch one.verdict {
        case .missing, .skipped:
            finish(one.offset, in: key)
            return nil
        case .left, .unreadable:
            // Others must not overtake it; and where one attempt is all, a crash must not count it as handed out.
            guard group.isFIFO || group.attemptsMax == 1 else { return nil }
            if try isBusy(row, request.scan.topic, in: write) { row.state = .behind }
            try insert(row, in: write)
            return nil
        case .wanted: break
        }
        if used >= group.attemptsMax {
            trace(.dead, .row(row), group, at: write.now)
            try moveToDeadLetters(row, group, why: "its delivery ended the process", in: write)
            finish(one.offset, in: key)
            return nil
        }
        if try isBusy(row, request.scan.topic, in: write) {
            row.state = .behind
            try insert(row, in: write)
            return nil
        }
        return try grant(row, request, until: until, in: write)
    }

    /// The first delivery of this process, of a message that has no row.
    private func grant(
        _ row: RedeliveryRow, _ request: Take, until: Moment, in write: borrowing Write
    ) throws -> GrantedLease {
        let key = request.scan.key
        var row = row
        row.attempt += 1
        try keepMessageGroup(row, request, until: until, in: write)
        // The lease of a message group lies in a row that has no nonce: the boot and the attempt tell it.
        let found = request.found.first { $0.offset == row.offset }
        let nonce = row.messageGroup == nil || row.attempt > 1 ? roll() : store.bootNumber
        if row.attempt > 1 {
            row.state = .held
            row.due = until
            row.nonce = nonce
            try insert(row, in: write)
            noteHolder(holder(of: found, request, at: write.now), of: row)
        } else {
            let lease = Lease(
                attempt: row.attempt, nonce: nonce, until: until, client: request.client, bytes: found?.bytes ?? 0,
                takenAt: write.now, storedAt: found?.message?.visibleAt, renews: request.renews,
                messageGroup: row.messageGroup)
            change(key) { change in
                change.leased[row.offset] = lease
                change.raiseMark(to: row.offset + 1)
            }
        }
        return GrantedLease(
            place: row.place, epoch: request.scan.epoch, attempt: row.attempt, nonce: nonce, until: until,
            isReplayed: row.isReplayed)
    }

    /// Who has a message from now on.
    private func holder(of found: Candidate?, _ request: Take, at now: Moment) -> Holder {
        Holder(client: request.client, takenAt: now, storedAt: found?.message?.visibleAt, renews: request.renews)
    }

    // MARK: Redeliveries

    private func takeRow(
        _ one: Candidate, _ request: Take, _ group: GroupRow, until: Moment, in write: borrowing Write
    ) throws -> GrantedLease? {
        let place = request.scan.key.place(one.offset)
        guard let row = try write.transaction.redelivery(of: group.number, at: place), row.state == .ready,
            row.attempt == one.attempt
        else { return nil }
        switch one.verdict {
        case .left, .unreadable: return nil
        case .missing, .skipped:
            // A dead letter that no consumer wants any more is dead as before.
            if one.isSkipped, request.scan.topic.name == .deadLetters(of: group.name) {
                let why = "it was given back, and no expression of the group wants it"
                trace(.dead, .row(row), group, at: write.now)
                try moveToDeadLetters(row, group, why: why, in: write)
            } else {
                try delete(row, in: write)
            }
            try freeMessageGroup(row.messageGroup, of: row.place, request.scan.topic, group.number, in: write)
            return nil
        case .wanted: break
        }
        if row.attempt >= group.attemptsMax {
            trace(.dead, .row(row), group, at: write.now)
            try moveToDeadLetters(row, group, why: "\(row.attempt) deliveries", in: write)
            try freeMessageGroup(row.messageGroup, of: row.place, request.scan.topic, group.number, in: write)
            return nil
        }
        var held = row
        if try isHeldUp(row, request.scan.topic, in: write) {
            held.state = .behind
            try update(held, from: row, in: write)
            return nil
        }
        held.state = .held
        held.attempt += 1
        held.due = until
        held.nonce = roll()
        try keepMessageGroup(held, request, until: until, in: write)
        try update(held, from: row, in: write)
        noteHolder(holder(of: one, request, at: write.now), of: held)
        return GrantedLease(
            place: place, epoch: request.scan.epoch, attempt: held.attempt, nonce: held.nonce ?? 0, until: until,
            isReplayed: held.isReplayed)
    }

    // MARK: Message groups

    private func keepMessageGroup(
        _ row: RedeliveryRow, _ request: Take, until: Moment, in write: borrowing Write
    ) throws {
        guard let messageGroup = row.messageGroup else { return }
        try write.transaction.put(
            FIFOLeaseRow(
                group: row.group, topic: request.scan.scope, messageGroup: messageGroup, queue: row.queue,
                offset: row.offset, attempt: row.attempt, client: request.client, boot: store.bootNumber, until: until))
    }
}
