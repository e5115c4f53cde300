import Histories
import Waybill

/// One run: steps by lot, done by the real shop and judged by the model after each; at last the file is verified.
struct FamilySimulation {
    let seed: UInt64
    var steps = 200
    /// A bug to be planted; nil: there should be none.
    var bug: FamilyBug?

    /// What went wrong, with everything that is needed to see it again.
    struct Failure: Error, CustomStringConvertible {
        let seed: UInt64
        let history: [String]
        let what: String

        var description: String {
            """
            seed \(seed), step \(history.count): \(what)
            \(history.suffix(200).joined(separator: "\n"))
            """
        }
    }

    /// How often each step and answer came: a run in which nothing happens proves nothing.
    func run() async throws -> [String: Int] {
        let subject = try await FamilySubject(bug: bug)
        var model = FamilyModel(at: FamilySubject.start)
        var lot = FamilyLot(seed: seed)
        var history: [String] = []
        var outcomes: [String: Int] = [:]
        func perform(_ step: FamilyStep) async throws {
            let verdict = try await subject.perform(step)
            history.append("\(history.count + 1). \(step): \(verdict)")
            try bug?.plant(in: subject)
            let picture = try await subject.picture()
            let wrong = model.judge(step, verdict) ?? model.difference(from: picture)
            if let wrong { throw Failure(seed: seed, history: history, what: wrong) }
            if verdict == .accepted { outcomes[step.word, default: 0] += 1 }
            if verdict == .repeated { outcomes["repeated", default: 0] += 1 }
            if case .refused(let code) = verdict { outcomes[code, default: 0] += 1 }
            for order in picture.orders.values { outcomes[order.status] = 10 }
        }
        for _ in 0..<steps { try await perform(lot.next(model)) }
        // Every deadline passes; then the worker says of everything that it was done after all.
        try await perform(.pass(milliseconds: 3 * FamilyCall.day))
        for call in model.calls where !call.isGone { try await perform(.answer(call: call.asked.key, isDone: true)) }
        outcomes["late"] = model.calls.count { $0.isLate }
        subject.book.close()
        let report = try Verify().run(subject.path)
        guard report.isSound else {
            throw Failure(seed: seed, history: history, what: "verify: \(report.findings)")
        }
        try subject.discard()
        return outcomes
    }
}
