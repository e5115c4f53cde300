import WaybillEngine

/// A broker with producers and consumers, and a model of where each message must be.
final class MessageSimulation: Simulation {
    static let stepCount = 250

    private let subject: MessageSubject
    private let bug: MessageBug?
    private var lot: MessageLot
    private var model = MessageModel()

    init(seed: UInt64, bug: MessageBug?) async throws {
        subject = try await MessageSubject(seed: seed, bug: bug)
        self.bug = bug
        lot = MessageLot(seed: seed)
    }

    var lives: Lives<Engine> { subject.lives }

    func draw() -> MessageStep { lot.next(model) }

    func hasMeaning(_ step: MessageStep) -> Bool {
        switch step {
        case .resolve(let number, _), .recall(let number), .reschedule(let number, _): model.fates[number] != nil
        case .send, .prepare, .takeQuestions, .receive, .acknowledge, .fail, .extend, .bury, .redrive, .lookBack,
            .maintain, .pass, .stall, .reopen, .crash:
            true
        }
    }

    func perform(_ step: MessageStep) async throws -> StepReport {
        let isHeldBack = try isHeldBack(before: step)
        let verdict = try await subject.perform(step)
        try bug?.plant(inOpen: subject)
        let wrong = model.judge(step, verdict, isHeldBack: isHeldBack)
        var words = [word(of: step)]
        if case .refused(let code) = verdict { words.append(code) }
        if case .got(let batch) = verdict { words += batch.map(\.word) }
        return StepReport("\(verdict)", words: words, wrong: try wrong ?? model.difference(from: subject.picture()))
    }

    /// Whether the group that is about to receive says that it takes nothing new.
    private func isHeldBack(before step: MessageStep) throws -> Bool {
        guard case .receive(let group, _) = step else { return false }
        return try subject.picture().tallies[group]?.isHeldBack ?? false
    }

    /// Everybody has time to finish everything.
    func settle(_ perform: (MessageStep) async throws -> Void) async throws -> String? {
        try await perform(.pass(milliseconds: 0))
        for _ in 0..<12 {
            try await perform(.pass(milliseconds: 3_600_000))
            for group in PostOffice.groups {
                for _ in 0..<100 {
                    let known = model.tickets.count
                    try await perform(.receive(group: group.name, max: 100))
                    for ticket in known..<model.tickets.count { try await perform(.acknowledge(ticket)) }
                    if model.tickets.count == known { break }
                }
            }
        }
        return model.leftOver
    }
}

extension Handed {
    /// What is special about it.
    fileprivate var word: String { isRedriven ? "redriven" : isReplayed ? "replayed" : attempt > 1 ? "again" : "first" }
}
