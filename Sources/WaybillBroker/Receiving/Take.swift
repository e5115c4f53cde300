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

/// What one take has given so far.
struct Taking {
    let request: Take
    let group: GroupRow
    /// When what it gives is visible to others again.
    let until: Moment
    var result = TakeResult()
    var bytes = 0
    /// The run of each message group of which it has given something.
    private(set) var runs: [Text: FIFOLeaseRow] = [:]
    /// Message groups of which something waits: all that comes behind it waits too.
    private(set) var closed: Set<Text> = []

    var scan: Scan { request.scan }

    init(_ request: Take, _ group: GroupRow, at now: Moment, renewal: Interval) {
        self.request = request
        self.group = group
        until = now.advanced(by: request.renews ? renewal : request.invisible ?? group.invisible)
    }

    func isClosed(_ messageGroup: Text?) -> Bool { messageGroup.map { closed.contains($0) } ?? false }

    /// The run that this take has begun of a message group.
    func run(of messageGroup: Text?) -> FIFOLeaseRow? { messageGroup.flatMap { runs[$0] } }

    mutating func close(_ messageGroup: Text?) {
        if let messageGroup { closed.insert(messageGroup) }
    }

    /// Adds a message to the run of its message group.
    mutating func hold(_ row: RedeliveryRow, boot: Int64) {
        guard let messageGroup = row.messageGroup else { return }
        if runs[messageGroup]?.followers.append(row.offset) != nil { return }
        runs[messageGroup] = FIFOLeaseRow(
            group: row.group, topic: scan.scope, messageGroup: messageGroup, queue: row.queue, offset: row.offset,
            attempt: row.attempt, client: request.client, boot: boot, until: until)
    }
}

/// Taking messages in a write: later deliveries; all of FIFO groups and of groups in which one attempt is all; and of
/// others what a look-back brings again, or what a crash has counted as delivered.
///
/// Of a message group a consumer gets as many as it has room for, one behind the other, if nothing of it is in flight
/// or owed before them: one row holds all of them.
extension Broker {
    /// Gives a consumer what it found, as far as it is still to be had.
    func take(_ request: Take, in write: borrowing Write) throws -> BrokerReply<TakeResult> {
        let scan = request.scan
        guard let group = groupRow(scan.key.group), epoch(of: scan.key) == scan.epoch else {
            return .success(TakeResult())
        }
        var taking = Taking(request, group, at: write.now, renewal: settings.renewal)
        for one in request.found {
            if one.content != nil,
                !scan.hasRoom(for: one, besides: taking.result.granted.count, bytes: taking.bytes)
            {
                taking.result.isComplete = false
                break
            }
            let grant: GrantedLease? =
                switch scan.source {
                case .fresh: try takeFresh(one, &taking, in: write)
                case .ready: try takeRow(one, &taking, in: write)
                }
            if let grant {
                taking.result.granted.append(grant)
                taking.bytes += one.bytes
            }
        }
        for run in taking.runs.sorted(by: { $0.key < $1.key }).map(\.value) { try write.transaction.put(run) }
        return .success(taking.result)
    }

    // MARK: Messages without a row

    private func takeFresh(
        _ one: Candidate, _ taking: inout Taking, in write: borrowing Write
    ) throws -> GrantedLease? {
        let key = taking.scan.key
        guard isFree(one.offset, in: key) else { return nil }
        let used: Int64 = one.offset < (committed(key) { $0.recoveredBelow } ?? 0) ? 1 : 0
        var row = RedeliveryRow(
            group: key.group, queue: key.queue, offset: one.offset, attempt: used, state: .ready,
            messageGroup: one.messageGroup)
        row.isReplayed = committed(key) { $0.isReplayed(one.offset) } ?? false
        if row.isReplayed, let owed = try write.transaction.redelivery(of: key.group, at: row.place) {
            try pass(owed, &taking, in: write)
            return nil
        }
        switch one.verdict {
        case .missing, .skipped:
            finish(one.offset, in: key)
            return nil
        case .left, .unreadable:
            // Others must not overtake it; and where one attempt is all, a crash must not count it as handed out.
            guard taking.group.isFIFO || taking.group.attemptsMax == 1 else { return nil }
            let isInRun = taking.run(of: row.messageGroup) != nil
            if try mustWait(row, &taking, in: write) || isInRun { row.state = .behind }
            try insert(row, in: write)
            taking.close(row.messageGroup)
            return nil
        case .wanted: break
        }
        if used >= taking.group.attemptsMax {
            trace(.dead, .row(row), taking.group, at: write.now)
            try moveToDeadLetters(row, taking.group, why: "its delivery ended the process", in: write)
            finish(one.offset, in: key)
            return nil
        }
        if try mustWait(row, &taking, in: write) {
            row.state = .behind
            try insert(row, in: write)
            return nil
        }
        return try grant(row, one, &taking, in: write)
    }

    /// Passes a message that is owed since before a look-back: it comes by its row, in FIFO groups in its turn.
    private func pass(_ owed: RedeliveryRow, _ taking: inout Taking, in write: borrowing Write) throws {
        finish(owed.offset, in: taking.scan.key)
        let isInRun = taking.run(of: owed.messageGroup) != nil
        let waits = try mustWait(owed, &taking, in: write)
        taking.close(owed.messageGroup)
        guard owed.state == .behind, !isInRun, !waits else { return }
        var ready = owed
        ready.state = .ready
        try update(ready, from: owed, in: write)
    }

    /// Whether a message waits for an earlier one of its message group that this take has not given.
    private func mustWait(
        _ row: RedeliveryRow, _ taking: inout Taking, in write: borrowing Write
    ) throws -> Bool {
        if taking.isClosed(row.messageGroup) { return true }
        // What came before it is in this run, or is over.
        if taking.run(of: row.messageGroup) != nil { return false }
        guard try isBusy(row, taking.scan.topic, in: write) else { return false }
        taking.close(row.messageGroup)
        return true
    }

    /// The first delivery of this process, of a message that has no row.
    private func grant(
        _ row: RedeliveryRow, _ one: Candidate, _ taking: inout Taking, in write: borrowing Write
    ) throws -> GrantedLease {
        let request = taking.request
        var row = row
        row.attempt += 1
        taking.hold(row, boot: store.bootNumber)
        // The lease of a message group lies in a row that has no nonce: the boot and the attempt tell it.
        let nonce = row.messageGroup == nil || row.attempt > 1 ? roll() : store.bootNumber
        if row.attempt > 1 {
            row.state = .held
            row.due = taking.until
            row.nonce = nonce
            try insert(row, in: write)
            noteHolder(holder(of: one, request, at: write.now), of: row)
        } else {
            let lease = Lease(
                attempt: row.attempt, nonce: nonce, until: taking.until, client: request.client, bytes: one.bytes,
                takenAt: write.now, storedAt: one.message?.visibleAt, renews: request.renews,
                messageGroup: row.messageGroup)
            change(taking.scan.key) { change in
                change.leased[row.offset] = lease
                change.raiseMark(to: row.offset + 1)
            }
        }
        return GrantedLease(
            place: row.place, epoch: request.scan.epoch, attempt: row.attempt, nonce: nonce, until: taking.until,
            isReplayed: row.isReplayed)
    }

    /// Who has a message from now on.
    private func holder(of found: Candidate, _ request: Take, at now: Moment) -> Holder {
        Holder(client: request.client, takenAt: now, storedAt: found.message?.visibleAt, renews: request.renews)
    }

    // MARK: Redeliveries

    private func takeRow(
        _ one: Candidate, _ taking: inout Taking, in write: borrowing Write
    ) throws -> GrantedLease? {
        let (scan, group) = (taking.scan, taking.group)
        guard let row = try write.transaction.redelivery(of: group.number, at: scan.key.place(one.offset)),
            row.state == (one.follows ? .behind : .ready), row.attempt == one.attempt
        else {
            taking.close(one.messageGroup)
            return nil
        }
        if one.follows, try !isNext(row, taking, in: write) {
            taking.close(row.messageGroup)
            return nil
        }
        switch one.verdict {
        case .left, .unreadable:
            taking.close(row.messageGroup)
            return nil
        case .missing, .skipped:
            // A dead letter that no consumer wants any more is dead as before.
            if one.isSkipped, scan.topic.name == .deadLetters(of: group.name) {
                let why = "it was given back, and no expression of the group wants it"
                trace(.dead, .row(row), group, at: write.now)
                try moveToDeadLetters(row, group, why: why, in: write)
            } else {
                try delete(row, in: write)
            }
            try freeBehind(one, row, taking, in: write)
            return nil
        case .wanted: break
        }
        if row.attempt >= group.attemptsMax {
            trace(.dead, .row(row), group, at: write.now)
            try moveToDeadLetters(row, group, why: "\(row.attempt) deliveries", in: write)
            try freeBehind(one, row, taking, in: write)
            return nil
        }
        if !one.follows, try isHeldUp(row, &taking, in: write) {
            var held = row
            held.state = .behind
            try update(held, from: row, in: write)
            return nil
        }
        return try grantAgain(row, one, &taking, in: write)
    }

    /// Lets what waits behind a message go on that is over without a delivery; what follows another waits for that one.
    private func freeBehind(
        _ one: Candidate, _ row: RedeliveryRow, _ taking: Taking, in write: borrowing Write
    ) throws {
        guard !one.follows else { return }
        try freeMessageGroup(row.messageGroup, of: row.place, taking.scan.topic, taking.group.number, in: write)
    }

    /// A later delivery, or the first of a message that had to wait.
    private func grantAgain(
        _ row: RedeliveryRow, _ one: Candidate, _ taking: inout Taking, in write: borrowing Write
    ) throws -> GrantedLease {
        var held = row
        held.state = .held
        held.attempt += 1
        held.due = taking.until
        let nonce = roll()
        held.nonce = nonce
        taking.hold(held, boot: store.bootNumber)
        try update(held, from: row, in: write)
        noteHolder(holder(of: one, taking.request, at: write.now), of: held)
        return GrantedLease(
            place: row.place, epoch: taking.scan.epoch, attempt: held.attempt, nonce: nonce, until: taking.until,
            isReplayed: held.isReplayed)
    }

    /// Whether a message that waits comes right behind what this take has given of its message group.
    private func isNext(_ row: RedeliveryRow, _ taking: Taking, in write: borrowing Write) throws -> Bool {
        guard let messageGroup = row.messageGroup, let run = taking.run(of: messageGroup),
            !taking.isClosed(messageGroup), !isFree(row.offset, in: row.key)
        else { return false }
        let next = try write.transaction.redeliveries(
            of: row.group, in: row.queue, messageGroup: messageGroup, after: run.followers.last ?? run.offset, limit: 1
        ).first
        return next?.offset == row.offset
    }

    /// Whether a message that is ready must wait all the same: of its message group one is in flight, or an earlier one
    /// is owed.
    private func isHeldUp(
        _ row: RedeliveryRow, _ taking: inout Taking, in write: borrowing Write
    ) throws -> Bool {
        guard row.messageGroup != nil else { return false }
        if !taking.isClosed(row.messageGroup), taking.run(of: row.messageGroup) == nil {
            guard try isHeldUp(row, taking.scan.topic, in: write) else { return false }
        }
        taking.close(row.messageGroup)
        return true
    }
}
