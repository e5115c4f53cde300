/// One run: a seed drives the order book and the model side by side, and compares them after each step.
enum Simulation {
    /// What differed, with everything that is needed to see it again.
    struct Difference: Error, CustomStringConvertible {
        let seed: UInt64
        let steps: [Step]
        let what: String

        var description: String {
            let list = steps.enumerated().map { "\($0 + 1). \($1)" }.joined(separator: "\n")
            return "seed \(seed), after step \(steps.count): \(what)\n\(list)"
        }
    }

    /// The first difference between the order book and the model, or nil when there is none.
    static func run(
        seed: UInt64, stepCount: Int = 150, misbehaviour: Subject.Misbehaviour? = nil
    ) async throws -> Difference? {
        let subject = try Subject(seed: seed, misbehaviour: misbehaviour)
        var driver = Driver(seed: seed)
        var model = ShopModel()
        var steps: [Step] = []
        var difference: String?
        while difference == nil, steps.count < stepCount {
            let step = driver.next(model)
            steps.append(step)
            difference = try await compare(step, subject, &model)
        }
        try subject.discard()
        return difference.map { Difference(seed: seed, steps: steps, what: $0) }
    }

    private static func compare(_ step: Step, _ subject: Subject, _ model: inout ShopModel) async throws -> String? {
        let expected = model.perform(step)
        let verdict: Verdict
        do {
            verdict = try await subject.perform(step)
        } catch {
            return "the step failed: \(error)"
        }
        guard verdict == expected else { return "the answer is \(verdict), expected \(expected)" }
        let picture = try subject.picture()
        return picture.imbalance ?? picture.difference(from: model.picture)
    }
}
