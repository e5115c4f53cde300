/// Holds what the broker answered against the model; what is allowed, the model takes over.
extension MessageModel {
    /// What is wrong with an answer, in words; nil: nothing.
    mutating func judge(_ step: MessageStep, _ verdict: MessageVerdict, isHeldBack: Bool) -> String? {
        switch step {
        case .send(let letter): return expect(verdict, .done) { $0.keep(letter, half: false) }
        case .prepare(let letter): return expect(verdict, .done) { $0.keep(letter, half: true) }
        case .resolve(let number, let isCommit): return judgeDecision(number, isCommit, verdict)
        case .takeQuestions: return judgeQuestions(verdict)
        case .recall(let number): return judgeRecall(number, verdict) { $0.decide(number, .recalled) }
        case .reschedule(let number, let milliseconds):
            let due = now + milliseconds
            return judgeRecall(number, verdict) { model in
                model.decide(number, due > model.now ? .delayed(due: due) : .visible(at: model.now))
            }
        case .receive(let name, let max):
            guard let group = PostOffice.group(name) else { return "no such group" }
            return judgeDeliveries(group, max, verdict, isHeldBack: isHeldBack)
        case .acknowledge(let ticket):
            return judgeAnswer(ticket, verdict) { model, group, number in
                model.change(group.name, number) { $0.state = .done }
            }
        case .fail(let ticket, let delay):
            return judgeAnswer(ticket, verdict) { model, group, number in
                let attempt = model.copies[group.name]?[number]?.attempts.upperBound ?? 1
                let step = PostOffice.ladder[min(max(attempt, 1), PostOffice.ladder.count) - 1]
                model.retry(group, number, after: delay ?? step)
            }
        case .extend(let ticket, let milliseconds):
            return judgeAnswer(ticket, verdict) { model, group, number in
                let until = model.now + milliseconds
                for member in model.run(with: number, in: group) {
                    model.change(group.name, member) { copy in
                        if case .inFlight(let ticket, _) = copy.state {
                            copy.state = .inFlight(ticket: ticket, until: until)
                        }
                    }
                }
            }
        case .bury(let ticket):
            return judgeAnswer(ticket, verdict) { model, group, number in model.kill(group.name, number) }
        case .redrive(let group):
            return expect(verdict, .back(count(group) { $0.state == .dead })) { $0.redrive(group) }
        case .lookBack(let name):
            guard let group = PostOffice.group(name) else { return "no such group" }
            return expect(verdict, .done) { $0.lookBack(group) }
        case .maintain: return expect(verdict, .done) { $0.maintain() }
        case .pass(let milliseconds): return expect(verdict, .done) { $0.pass(milliseconds) }
        case .stall(let milliseconds): return expect(verdict, .done) { $0.stall(milliseconds) }
        case .reopen(let milliseconds):
            return expect(verdict, .done) { $0.restart(after: milliseconds, isOrderly: true) }
        case .crash(let milliseconds):
            return expect(verdict, .done) { $0.restart(after: milliseconds, isOrderly: false) }
        }
    }

    private mutating func expect(
        _ verdict: MessageVerdict, _ expected: MessageVerdict, _ change: (inout Self) -> Void
    ) -> String? {
        guard verdict == expected else { return "the answer is \(verdict), expected \(expected)" }
        change(&self)
        return nil
    }

    // MARK: Deliveries

    private mutating func judgeDeliveries(
        _ group: PostOffice.Group, _ max: Int, _ verdict: MessageVerdict, isHeldBack: Bool
    ) -> String? {
        guard case .got(let batch) = verdict else { return "the answer is \(verdict), expected deliveries" }
        guard batch.count <= max else { return "\(batch.count) deliveries, asked for \(max)" }
        know(group.name)
        let wasInFlight = count(group.name) { if case .inFlight = $0.state { true } else { false } }
        let first = tickets.count
        for handed in batch {
            expireRun(with: handed.number, in: group)
            if let wrong = judge(handed, group, first) { return wrong }
            hand(handed, to: group.name)
        }
        // Nothing is kept from a consumer that has room; what is due but was not looked at may come later.
        let isOpen = isHeldBack ? wasInFlight == 0 && batch.isEmpty : batch.count < max
        let owed = owed(to: group)
        guard isOpen, !isStalled, let first = owed.first else { return nil }
        return "\(group.name) got \(batch.count) of \(max), and not message \(first), which is ready"
    }

    /// What is wrong with one delivery.
    ///
    /// - Parameter first: the first ticket of its batch: what was handed out in it before is in order.
    private func judge(_ handed: Handed, _ group: PostOffice.Group, _ first: Int) -> String? {
        let what = "message \(handed.number) came to \(group.name)"
        guard let fate = fates[handed.number] else { return "\(what), and was never sent" }
        guard case .visible = fate.state else { return "\(what), and is not visible: \(fate.state)" }
        guard let copy = copies[group.name]?[handed.number] else { return "\(what), which does not want it" }
        switch copy.state {
        case .ready: break
        case .due(let at), .inFlight(_, let at):
            if at > now, !copy.isDoubtful { return "\(what) too early, it is \(copy.state)" }
        case .done: return "\(what) again, though it was acknowledged"
        case .dead: return "\(what) again, though it is dead"
        }
        let attempts = copy.attempts.lowerBound + 1...copy.attempts.upperBound + 1
        guard attempts.contains(handed.attempt) else {
            return "\(what) as attempt \(handed.attempt), expected \(attempts)"
        }
        guard handed.attempt <= group.attemptsMax else { return "\(what) after its last attempt" }
        guard copy.isReplayed == handed.isReplayed else {
            return "\(what) marked as replayed: \(handed.isReplayed), expected \(copy.isReplayed)"
        }
        guard copy.isRedriven == handed.isRedriven else {
            return "\(what) from the dead letters: \(handed.isRedriven), expected \(copy.isRedriven)"
        }
        let before = predecessors(of: handed.number, in: group).first { number in
            guard let earlier = copies[group.name]?[number], !earlier.isOptional else { return false }
            // Its last time may be over, though nobody has looked: then it is dead.
            guard case .inFlight(let ticket, let until) = earlier.state else { return true }
            if ticket >= first { return false }
            return until > now || earlier.attempts.upperBound < group.attemptsMax
        }
        guard let before else { return nil }
        return "\(what) and overtook message \(before) of its message group"
    }

    /// The answer to a consumer's answer: a live receipt does what it says, a stale one nothing.
    private mutating func judgeAnswer(
        _ ticket: Int, _ verdict: MessageVerdict, _ change: (inout Self, PostOffice.Group, Int) -> Void
    ) -> String? {
        guard let holder = holder(of: ticket), let group = PostOffice.group(holder.group) else {
            if verdict == .refused("stale_receipt") { return nil }
            return "a stale receipt (ticket \(ticket)) was taken: \(verdict)"
        }
        // Its time is over, but nobody has looked: both answers are right.
        let isDoubtful = copies[group.name]?[holder.number]?.isDoubtful == true
        if holder.until <= now || isDoubtful, verdict == .refused("stale_receipt") { return nil }
        guard verdict == .done else { return "a live receipt (ticket \(ticket)) was not taken: \(verdict)" }
        change(&self, group, holder.number)
        return nil
    }

    // MARK: Messages that are not visible

    private mutating func judgeDecision(_ number: Int, _ isCommit: Bool, _ verdict: MessageVerdict) -> String? {
        switch fates[number]?.state {
        case .half:
            return expect(verdict, .done) { model in
                model.decide(number, isCommit ? .visible(at: model.now) : .rolledBack)
            }
        case .visible: return expect(verdict, isCommit ? .done : .refused("decided_already")) { _ in }
        case .rolledBack: return expect(verdict, isCommit ? .refused("decided_already") : .done) { _ in }
        case .delayed, .recalled, nil: return "message \(number) is no half message"
        }
    }

    private mutating func judgeRecall(
        _ number: Int, _ verdict: MessageVerdict, _ change: (inout Self) -> Void
    ) -> String? {
        switch fates[number]?.state {
        case .delayed: return expect(verdict, .done, change)
        case .visible where isStalled:
            return verdict == .refused("already_visible") ? nil : "the answer is \(verdict)"
        case .visible: return expect(verdict, .refused("already_visible")) { _ in }
        case .recalled:
            // Taking it back once more answers the same; it cannot be moved any more.
            return verdict == .done || verdict == .refused("decided_already") ? nil : "the answer is \(verdict)"
        case .half, .rolledBack, nil: return "message \(number) is no delayed message"
        }
    }

    private mutating func judgeQuestions(_ verdict: MessageVerdict) -> String? {
        guard case .asked(let questions) = verdict else { return "the answer is \(verdict), expected questions" }
        for (number, count) in questions.sorted(by: { $0.key < $1.key }) {
            guard let fate = fates[number], case .half(let since) = fate.state else {
                return "message \(number) is asked about and is not undecided"
            }
            guard count == fate.questions + 1, count <= PostOffice.questionsMax else {
                return "question \(count) about message \(number), after \(fate.questions)"
            }
            let first = since + PostOffice.firstQuestion
            let earliest = fate.lastQuestion.map { $0 + PostOffice.questionInterval } ?? first
            guard now >= earliest else { return "message \(number) is asked about \(earliest - now) ms too early" }
            ask(number)
        }
        return nil
    }

    // MARK: Conservation

    /// Published and matching = ready + delayed + in flight + acknowledged + dead + expired, for each group.
    mutating func difference(from picture: MessagePicture) -> String? {
        for group in PostOffice.groups {
            bury(spentAmong: picture.dead[group.name] ?? [], of: group)
            if let wrong = difference(of: group, picture) { return "\(group.name): \(wrong)" }
        }
        let halves = fates.values.count { if case .half = $0.state { true } else { false } }
        return picture.halves == halves ? nil : "\(picture.halves) half messages are undecided, expected \(halves)"
    }

    private func difference(of group: PostOffice.Group, _ picture: MessagePicture) -> String? {
        // What is due may have happened already, or not.
        if isStalled { return nil }
        let dead = picture.dead[group.name] ?? []
        guard dead.sorted() == (buried[group.name] ?? []).sorted() else {
            return "the dead letters are \(dead), expected \(buried[group.name] ?? [])"
        }
        guard let tally = picture.tallies[group.name] else { return nil }
        guard tally.sum == tally.sent else { return "the numbers do not add up: \(tally)" }
        let sent = fates.values.count { fate in
            if case .visible = fate.state { fate.letter.topic == group.topic } else { false }
        }
        guard tally.sent == sent else { return "\(tally.sent) messages are there, expected \(sent)" }
        let all = (copies[group.name] ?? [:]).values.filter { !$0.isRedriven }
        let inFlight = all.count { if case .inFlight = $0.state { true } else { false } }
        let doubtful = all.count { if case .inFlight = $0.state { $0.isDoubtful } else { false } }
        guard (inFlight - doubtful...inFlight).contains(tally.inFlight) else {
            return "\(tally.inFlight) are in flight, expected \(inFlight)"
        }
        let due = all.count { if case .due = $0.state { true } else { false } }
        guard tally.due == due else { return "\(tally.due) are due later, expected \(due)" }
        let redriven = (copies[group.name] ?? [:]).values.count { $0.isRedriven }
        let finished = all.count { $0.state == .done || $0.state == .dead } + redriven
        let optional = all.count { $0.isOptional }
        // What the group does not want is finished once somebody has looked at it.
        let most = finished + optional + sent - all.count - redriven
        guard (finished - optional...max(most, finished)).contains(tally.finished) else {
            return "\(tally.finished) are finished, expected \(finished) to \(most)"
        }
        return nil
    }

    /// What is still owed when everybody has had time to finish everything.
    var leftOver: String? {
        for group in PostOffice.groups {
            for (number, copy) in (copies[group.name] ?? [:]).sorted(by: { $0.key < $1.key })
            where copy.state != .done && copy.state != .dead && !copy.isOptional {
                return "message \(number) never came to its end in \(group.name): \(copy.state)"
            }
        }
        return nil
    }
}
