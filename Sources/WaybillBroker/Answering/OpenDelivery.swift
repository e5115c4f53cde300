import WaybillCore
import WaybillStore
import WaybillTimeouts

/// What a receipt stands for now.
enum OpenDelivery {
    /// A first delivery, kept in memory.
    case lease(Lease, CursorKey, Int64)
    case row(RedeliveryRow)
    /// Of a broadcast group: nothing waits for an answer.
    case broadcast
}

/// What answers of consumers and the ends of leases have in common.
extension Broker {
    /// Finds what a receipt stands for; a stale one is refused with the reason.
    func openDelivery(
        of receipt: DeliveryReceipt, in write: borrowing Write
    ) throws -> Result<(held: OpenDelivery, group: GroupRow, topic: TopicState), MessageRefusal> {
        func stale(_ why: String) -> Result<(held: OpenDelivery, group: GroupRow, topic: TopicState), MessageRefusal> {
            .failure(.staleReceipt(why))
        }
        guard let numbers = ReceiptNumbers(receipt, seal) else { return stale("this file's engine did not make it") }
        guard let group = groupRow(numbers.group) else { return stale("its group was deleted") }
        let key = CursorKey(group: group.number, queue: numbers.place.queue)
        guard let topic = topicState(of: key.queue), topic.number == numbers.topic else {
            return stale("its topic was deleted")
        }
        if numbers.attempt == 0 { return .success((.broadcast, group, topic)) }
        guard epoch(of: key) == numbers.epoch else { return stale("the group looked back since") }
        if let lease = lease(of: numbers.place.offset, in: key) {
            guard lease.attempt == numbers.attempt, lease.nonce == numbers.nonce else {
                return stale("the message was delivered again")
            }
            return .success((.lease(lease, key, numbers.place.offset), group, topic))
        }
        guard let row = try write.transaction.redelivery(of: group.number, at: numbers.place) else {
            return stale("the message was finished, or delivered by another process")
        }
        guard row.state == .held, row.attempt == numbers.attempt, row.nonce == numbers.nonce else {
            return stale("its time was over")
        }
        return .success((.row(row), group, topic))
    }

    /// The same in the name of a group, and of a topic when one is named: of others a receipt is none.
    func openDelivery(
        of receipt: DeliveryReceipt, by group: GroupName, of topic: TopicName?, in write: borrowing Write
    ) throws -> Result<(held: OpenDelivery, group: GroupRow, topic: TopicState), MessageRefusal> {
        let found = try openDelivery(of: receipt, in: write)
        guard case .success(let open) = found else { return found }
        guard open.group.name == group else { return .failure(.staleReceipt("it is not one of the group \(group)")) }
        if let topic, open.topic.name != topic {
            // A dead letter that was given back is delivered as one of the topic in which it died.
            let place = isOwnDeadLetters(open.topic, of: open.group.number) ? ReceiptNumbers(receipt, seal)?.place : nil
            let origin = try place.map { place in try scope(of: place, open.topic, open.group.number, in: write) }
            guard origin?.name == topic else {
                return .failure(.staleReceipt("it is not one of the topic \(topic)"))
            }
        }
        return found
    }

    /// A delivery has used up its attempt: it is redelivered, or is dead.
    func retry(
        _ held: OpenDelivery, _ group: GroupRow, _ topic: TopicState, delay: Interval?, why: String,
        in write: borrowing Write
    ) throws {
        guard let old = row(of: held) else { return }
        guard old.attempt < group.attemptsMax else {
            try takeBackFollowers(of: old, topic, in: write)
            try endAsDead(
                held, group, topic, why: "\(old.attempt) of \(group.attemptsMax) deliveries failed: \(why)",
                in: write)
            return
        }
        let wait = delay ?? group.wait(afterAttempt: old.attempt)
        var row = old
        row.nonce = nil
        row.state = wait.milliseconds > 0 ? .due : .ready
        row.due = wait.milliseconds > 0 ? write.now.advanced(by: wait) : nil
        try end(held, group, topic, leaving: row, insteadOf: old, in: write)
    }

    /// Ends a delivery and leaves a row for the next one. What comes behind it in its run is taken back, as it must not
    /// be handled before it.
    func end(
        _ held: OpenDelivery, _ group: GroupRow, _ topic: TopicState, leaving row: RedeliveryRow,
        insteadOf old: RedeliveryRow, in write: borrowing Write
    ) throws {
        let (run, deliveries) = try runInFlight(with: held, topic, in: write)
        let earlier = deliveries.filter { $0.comes(before: row.offset) }
        var left = row
        if !earlier.isEmpty, left.state == .ready { left.state = .behind }
        switch held {
        case .lease: try insert(left, in: write)
        case .row: try update(left, from: old, in: write)
        case .broadcast: break
        }
        for later in deliveries where later.comes(after: row.offset) { try takeBack(later, in: write) }
        // What is in flight before it keeps the message group. Else what comes behind waits for the row from now on.
        guard let messageGroup = row.messageGroup, earlier.isEmpty else { return }
        if let run {
            try write.transaction.deleteLease(of: group.number, topic: run.topic, messageGroup: messageGroup)
        }
        if !isOwnDeadLetters(topic, of: group.number) {
            try wakeDeadLetter(of: messageGroup, topic, group.number, in: write)
        }
    }

    /// Keeps for traces what became of a delivery, and counts of an acknowledged one how long the message had been
    /// visible. Of a message that was in flight when the file was opened memory does not know that.
    func trace(
        _ kind: MessageTrace.Happening.Kind, _ held: OpenDelivery, _ group: GroupRow, at now: Moment
    ) {
        func took(_ storedAt: Moment?) -> Interval? { kind == .acknowledged ? storedAt.map { now.since($0) } : nil }
        switch held {
        case .broadcast: return
        case .lease(let lease, let key, let offset):
            trace(
                kind, key.place(offset), group, lease.client, lease.attempt, at: now, took: took(lease.storedAt))
        case .row(let row):
            let holder = committed { $0.holder(of: row.place, in: group.number) }
            trace(kind, row.place, group, holder?.client ?? "", row.attempt, at: now, took: took(holder?.storedAt))
        }
    }

    func trace(
        _ kind: MessageTrace.Happening.Kind, _ place: MessagePlace, _ group: GroupRow, _ client: Text, _ attempt: Int64,
        at now: Moment, took: Interval? = nil
    ) {
        let happening = MessageTrace.Happening(
            at: now, kind: kind, group: group.name, client: client, attempt: attempt)
        pending.happenings.append(TraceRing.Entry(place, happening, took: took))
    }

    /// A delivery as a row, whether it had one or not.
    func row(of held: OpenDelivery) -> RedeliveryRow? {
        switch held {
        case .row(let row): row
        case .lease(let lease, let key, let offset):
            RedeliveryRow(
                group: key.group, queue: key.queue, offset: offset, attempt: lease.attempt, state: .ready,
                messageGroup: lease.messageGroup,
                isReplayed: committed(key) { $0.isReplayed(offset) } ?? false)
        case .broadcast: nil
        }
    }

    func endAsDead(
        _ held: OpenDelivery, _ group: GroupRow, _ topic: TopicState, why: String, in write: borrowing Write
    ) throws {
        guard let row = row(of: held) else { return }
        trace(.dead, held, group, at: write.now)
        switch held {
        case .lease(_, let key, let offset):
            try moveToDeadLetters(row, group, hasRow: false, why: why, in: write)
            finish(offset, in: key)
        case .row: try moveToDeadLetters(row, group, why: why, in: write)
        case .broadcast: return
        }
        try freeMessageGroup(row.messageGroup, of: row.place, topic, group.number, in: write)
    }

    /// Moves the end of a delivery, and so of all of its run.
    func prolong(
        _ held: OpenDelivery, _ topic: TopicState, until: Moment, in write: borrowing Write
    ) throws {
        let (run, deliveries) = try runInFlight(with: held, topic, in: write)
        for delivery in deliveries {
            switch delivery {
            case .broadcast: return
            case .lease(let lease, let key, let offset):
                if lease.until != until { change(key) { $0.extended[offset] = until } }
            case .row(let row):
                guard row.due != until else { continue }
                var later = row
                later.due = until
                try update(later, from: row, in: write)
            }
        }
        guard var run, run.until != until else { return }
        run.until = until
        try write.transaction.put(run)
    }
}

extension GroupRow {
    /// How long a message waits before its next delivery.
    func wait(afterAttempt attempt: Int64) -> Interval {
        let step = min(max(attempt, 1) - 1, Int64(ladder.count - 1))
        return ladder.isEmpty ? .seconds(1) : ladder[Int(step)]
    }
}
