import Histories
import WaybillEngine

/// One run: steps by lot, done by the real broker and judged by the model after each.
struct MessageSimulation {
    let seed: UInt64
    var steps = 250
    /// A bug to be planted; nil: there should be none.
    var bug: MessageBug?

    /// What went wrong, with everything that is needed to see it again.
    struct Failure: Error, CustomStringConvertible {
        let seed: UInt64
        let history: [String]
        let what: String

        var description: String {
            """
            seed \(seed), step \(history.count): \(what)
            \(history.suffix(400).joined(separator: "\n"))
            """
        }
    }

    /// How often each step and answer came: a run in which nothing happens proves nothing.
    func run() async throws -> [String: Int] {
        let subject = try await MessageSubject(seed: seed, bug: bug)
        var model = MessageModel()
        var lot = MessageLot(seed: seed)
        var history: [String] = []
        var outcomes: [String: Int] = [:]
        func perform(_ step: MessageStep) async throws {
            let isHeldBack = try held(step, subject)
            let verdict = try await subject.perform(step)
            history.append("\(history.count + 1). \(step): \(verdict)")
            try bug?.plant(inOpen: subject)
            let wrong = model.judge(step, verdict, isHeldBack: isHeldBack)
            if let wrong = try wrong ?? model.difference(from: subject.picture()) {
                throw Failure(seed: seed, history: history, what: wrong)
            }
            outcomes[step.word, default: 0] += 1
            if case .refused(let code) = verdict { outcomes[code, default: 0] += 1 }
            if case .got(let batch) = verdict { for one in batch { outcomes[one.word, default: 0] += 1 } }
        }
        for _ in 0..<steps { try await perform(lot.next(model)) }
        // Everybody has time to finish everything.
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
        if let wrong = model.leftOver { throw Failure(seed: seed, history: history, what: wrong) }
        subject.engine.close()
        let report = try Verify().run(subject.path)
        guard report.isSound else {
            throw Failure(seed: seed, history: history, what: "verify: \(report.findings)")
        }
        try subject.discard()
        return outcomes
    }

    /// Whether the group that is about to receive says that it takes nothing new.
    private func held(_ step: MessageStep, _ subject: MessageSubject) throws -> Bool {
        guard case .receive(let group, _) = step else { return false }
        return try subject.picture().tallies[group]?.isHeldBack ?? false
    }
}

extension Handed {
    /// What is special about it.
    var word: String { isRedriven ? "redriven" : isReplayed ? "replayed" : attempt > 1 ? "again" : "first" }
}
