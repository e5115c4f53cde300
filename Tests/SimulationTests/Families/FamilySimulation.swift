import Waybill

/// A shop with parcels, returns, groups that buy and a worker for refunds, and a model of its money and its goods.
final class FamilySimulation: Simulation {
    static let stepCount = 200

    private let subject: FamilySubject
    private let bug: FamilyBug?
    private var lot: FamilyLot
    private var model = FamilyModel(at: FamilySubject.start)

    init(seed: UInt64, bug: FamilyBug?) async throws {
        subject = try await FamilySubject(seed: seed, bug: bug)
        self.bug = bug
        lot = FamilyLot(seed: seed)
    }

    var lives: Lives<OrderBook> { subject.lives }

    func draw() -> FamilyStep { lot.next(model) }

    func hasMeaning(_ step: FamilyStep) -> Bool {
        guard case .answer(let key, _) = step else { return true }
        return model.calls.contains { $0.asked.key == key }
    }

    func perform(_ step: FamilyStep) async throws -> StepReport {
        let verdict = try await subject.perform(step)
        try bug?.plant(in: subject)
        let picture = try await subject.picture()
        let wrong = model.judge(step, verdict) ?? model.difference(from: picture)
        var words = picture.orders.values.map(\.status)
        switch verdict {
        case .accepted: words.append(word(of: step))
        case .repeated: words.append("repeated")
        case .refused(let code): words.append(code)
        }
        if case .answer(let key, _) = step, model.calls.contains(where: { $0.asked.key == key && $0.isLate }) {
            words.append("late")
        }
        return StepReport("\(verdict)", words: words, wrong: wrong)
    }

    /// Every deadline passes; then the worker says of everything that it was done after all.
    func settle(_ perform: (FamilyStep) async throws -> Void) async throws -> String? {
        try await perform(.pass(milliseconds: 3 * FamilyCall.day))
        for call in model.calls where !call.isGone { try await perform(.answer(call: call.asked.key, isDone: true)) }
        return nil
    }
}
