import Waybill

/// A family of orders of one workflow, and a model of the money and goods around it. The seed says which workflow.
final class TradeSimulation: Simulation {
    static let stepCount = 28
    /// How far a family is followed until it is at rest.
    private static let roundsMax = 80
    private static let restWithinMilliseconds: Int64 = 900 * 86_400_000

    let subject: TradeSubject
    private let plan: TradePlan?
    private let seed: UInt64
    private var lot: TradeLot
    private(set) var ledger: TradeLedger
    private(set) var picture = TradePicture()
    private var judgedCount = 0

    init(seed: UInt64, bug: TradePlan?) async throws {
        subject = try await TradeSubject(
            seed: seed, shape: TradeShape(seed: seed), texts: bug?.texts ?? WorkflowText.shipped)
        plan = bug
        self.seed = seed
        lot = TradeLot(seed: seed)
        ledger = TradeLedger(at: TradeSubject.start, received: TradeSubject.received)
    }

    var lives: Lives<OrderBook> { subject.lives }

    func draw() -> TradeStep { lot.next(ledger, picture) }

    /// The provider is honest: it pays once for a key, and does not say that it failed when it has paid. A person may
    /// err about what was paid.
    func hasMeaning(_ step: TradeStep) -> Bool {
        switch step {
        case .send(let command): command.workflow != nil || picture.orders[command.order] != nil
        case .burst(let order, _, _): picture.orders[order]?.possible.contains("pay") == true
        case .bank(let call, let answer):
            ledger.refunds[call].map { answer == .failed ? !$0.isPaid : !$0.isVoid } ?? false
        case .person(let call, let answer): ledger.refunds[call].map { answer == .failed || !$0.isVoid } ?? false
        case .pass, .border, .stop, .crash: true
        }
    }

    func perform(_ step: TradeStep) async throws -> StepReport {
        let verdict = try act(step)
        ledger.take(step, verdict)
        picture = try await subject.picture()
        ledger.notice(picture)
        let statuses = picture.orders.values.map(\.status)
        return StepReport(verdict.word, words: [step.word, verdict.word] + statuses, wrong: wrong())
    }

    /// The first fault that is looked for.
    private func wrong() -> String? {
        defer { judgedCount = ledger.findings.count }
        let new = ledger.findings[judgedCount...]
        for finding in new { plan?.notes.note(finding.fault, seed: seed) }
        return new.first { plan?.watched.contains($0.fault) ?? true }?.description
    }

    private func act(_ step: TradeStep) throws -> TradeVerdict {
        switch step {
        case .send(let command): return subject.send(command)
        case .burst(let order, let count, let cents): return burst(order, count, cents)
        case .bank(_, .pays), .person(_, .pays): return .accepted
        case .bank(let call, let answer): return self.answer(call, answer, by: "bank")
        case .person(let call, let answer): return self.answer(call, answer, by: "ann of the shop")
        case .pass(let time): subject.pass(time)
        case .border(let offset):
            guard let due = picture.nextDue(after: ledger.now - 1) else { return .accepted }
            let target = max(ledger.now, due + offset)
            subject.move(to: target)
            ledger.pass(to: target, isOpen: true)
        case .stop(let time):
            try lives.reopen(after: time)
            subject.pass(0)
        case .crash(let time): try lives.crash(after: time)
        }
        return .accepted
    }

    private func answer(_ call: String, _ answer: TradeAnswer, by caller: String) -> TradeVerdict {
        guard let refund = ledger.refunds[call] else { return .refused("unknown call") }
        return subject.answer(call, of: refund.order, isDone: answer == .ok, by: caller)
    }

    /// Each payment is one of the family like any other.
    private func burst(_ order: String, _ count: Int, _ cents: Int) -> TradeVerdict {
        let hasChannel = ["standard-order", "group-member"].contains(picture.orders[order]?.workflow)
        for number in 1...count {
            var data: [String: TradeFact] = ["payment": .text("many-\(number)"), "amount_cents": .number(cents)]
            if hasChannel { data["channel"] = .text("card") }
            let command = TradeCommand("pay", order, data)
            let verdict = subject.send(command)
            ledger.take(command, verdict)
            if case .refused = verdict { return verdict }
        }
        return .accepted
    }

    // MARK: The end

    /// Time passes, people and the provider do what is left to be done; then all must be at rest.
    func settle(_ perform: (TradeStep) async throws -> Void) async throws -> String? {
        try await perform(.pass(milliseconds: 0))
        var close = TradeClose(seed: seed)
        let latest = ledger.now + Self.restWithinMilliseconds
        for _ in 0..<Self.roundsMax {
            let steps = close.steps(&ledger, picture)
            for step in steps where hasMeaning(step) { try await perform(step) }
            if !steps.isEmpty { continue }
            guard let due = picture.nextDue(after: ledger.now - 1), due <= latest else { break }
            try await perform(.border(offset: 0))
        }
        ledger.judgeRest(picture)
        return wrong()
    }
}
