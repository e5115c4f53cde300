package import WaybillCore
package import WaybillStore
package import WaybillTimeouts

/// A part of this process that knows what became of local transactions: asked in the write in which the question is
/// due, so the answer is of one piece with it.
package struct HalfMessageChecker: Sendable {
    /// Answers one question. `isLast`: unless it is decided now, the message is parked; a fence against a later commit
    /// of the local transaction belongs in this write.
    package typealias Answer =
        @Sendable (
            _ message: PendingMessageRow, _ isLast: Bool, _ write: borrowing Write
        ) throws -> Resolution

    package let answer: Answer

    package init(answer: @escaping Answer) { self.answer = answer }
}

/// Asking producers about their half messages.
///
/// Each message has its timeout, so one that cannot be handled delays no other. When it is due:
///
/// ```
/// questions used up ──────────────────────────────► parked, and shown
/// a checker of this process answers ──────────────► decided, or counted and due again
/// a live producer has room ── posted, due again ──► sent ──► counted
/// a live producer has no room, or none is there ──► due again, not counted
/// ```
extension Broker {
    /// The owner of the kind `checkBack`.
    func fireCheckBack(_ timeout: DueTimeout, in write: borrowing Write) throws {
        guard try write.transaction.delete(timeout.key) else { return }
        let number = PendingMessageNumber(timeout.key.owner)
        guard let row = try write.transaction.pendingMessage(number), row.state == .half, row.due == timeout.key.due,
            let producer = row.producer
        else { return }
        guard try write.transaction.topic(row.topic)?.deletedAt == nil else {
            try decide(row, commits: false, in: write)
            return
        }
        pending.endedQuestions.append(number)
        guard row.checks < settings.checkBacks.checksMax else {
            try write.transaction.park(number)
            return
        }
        if let checker = checkers[producer] ?? checkerOfJournal(for: producer) {
            return try ask(checker, about: row, in: write)
        }
        let wait: Interval
        if checkBacks.room(for: producer, besides: pending.questions) > 0 {
            pending.questions.append((number, producer))
            wait = settings.checkBacks.wait(afterCheck: row.nextCheck, random: dice())
        } else {
            pending.missed.append((number, producer))
            wait = settings.checkBacks.absenceWait(age: write.now.since(row.message.bornAt), random: dice())
        }
        try arm(row, at: write.now.advanced(by: wait), in: write)
    }

    private func checkerOfJournal(for producer: Text) -> HalfMessageChecker? {
        JournalProducer(stored: producer).flatMap { journalChecker?($0.caller) }
    }

    private func ask(_ checker: HalfMessageChecker, about row: PendingMessageRow, in write: borrowing Write) throws {
        let isLast = row.nextCheck >= settings.checkBacks.checksMax
        let answer = try checker.answer(row, isLast, write)
        guard answer == .unknown else {
            _ = try decide(row, answer, in: write)
            return
        }
        let wait = settings.checkBacks.wait(afterCheck: row.nextCheck, random: dice())
        let due = write.now.advanced(by: wait)
        try write.transaction.countCheck(row.number, next: due)
        if isLast {
            try write.transaction.park(row.number)
        } else {
            try write.transaction.insert(.checkBack(row.number, due: due))
        }
    }

    /// Random bits, by which questions that fell due together part.
    var dice: @Sendable () -> UInt64 { world.random }

    /// Sets the time of a half message's next question. Its last timeout is gone.
    func arm(_ row: PendingMessageRow, at due: Moment, in write: borrowing Write) throws {
        try write.transaction.reschedule(row.number, in: .half, to: due)
        try write.transaction.insert(.checkBack(row.number, due: due))
    }

}
