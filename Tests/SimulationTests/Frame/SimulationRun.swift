import Histories

/// One run: steps by lot, done by the real thing and judged by the model after each; at last the file is verified.
struct SimulationRun<Simulated: Simulation> {
    /// How often a failing run is done again with fewer steps.
    private static var triesMax: Int { 60 }

    let seed: UInt64
    /// A bug to be planted; nil: there should be none.
    var bug: Simulated.Bug?

    /// What was done, and what came of it.
    struct Record {
        var steps: [Simulated.Step] = []
        /// How often each step and answer came.
        var outcomes: [String: Int] = [:]
        var failure: SimulationFailure?
    }

    /// How often each step and answer came.
    ///
    /// - Throws: ``SimulationFailure``. Where no bug was planted it shows the shortest run that was found to fail.
    func run() async throws -> [String: Int] {
        let record = try await once()
        guard let failure = record.failure else { return record.outcomes }
        guard bug == nil else { throw failure }
        var shortest = try await shortened(record).failure ?? failure
        shortest.drawnCount = record.steps.count
        throw shortest
    }

    /// Does drawn steps, or those of a script as far as they mean something.
    func once(_ script: [Simulated.Step]? = nil) async throws -> Record {
        let simulation = try await Simulated(seed: seed, bug: bug)
        defer { simulation.lives.close() }
        var record = Record()
        var history: [String] = []
        func perform(_ step: Simulated.Step) async throws {
            let report: StepReport
            do {
                report = try await simulation.perform(step)
            } catch {
                report = StepReport("no answer", wrong: "the step failed: \(error)")
            }
            history.append("\(history.count + 1). \(step): \(report.verdict)")
            if let wrong = report.wrong { throw SimulationFailure(seed: seed, history: history, what: wrong) }
            for word in report.words { record.outcomes[word, default: 0] += 1 }
        }
        do {
            for index in 0..<(script?.count ?? Simulated.stepCount) {
                let step = script?[index] ?? simulation.draw()
                guard simulation.hasMeaning(step) else { continue }
                record.steps.append(step)
                try await perform(step)
            }
            if let wrong = try await simulation.settle(perform) ?? unsound(simulation) {
                throw SimulationFailure(seed: seed, history: history, what: wrong)
            }
        } catch let failure as SimulationFailure {
            record.failure = failure
        }
        return record
    }

    private func unsound(_ simulation: Simulated) throws -> String? {
        simulation.lives.close()
        let report = try Verify().run(simulation.lives.path)
        return report.isSound ? nil : "verify: \(report.findings)"
    }

    /// Leaves steps out, ever smaller parts, for as long as it fails all the same.
    func shortened(_ failing: Record) async throws -> Record {
        var shortest = failing
        var part = max(1, failing.steps.count / 2)
        var tries = 0
        while tries < Self.triesMax {
            var begin = 0
            while begin < shortest.steps.count, tries < Self.triesMax {
                var fewer = shortest.steps
                fewer.removeSubrange(begin..<min(begin + part, fewer.count))
                tries += 1
                let record = try await once(fewer)
                if record.failure == nil { begin += part } else { shortest = record }
            }
            if part == 1 { break }
            part /= 2
        }
        return shortest
    }
}

/// What went wrong, with everything that is needed to see it again.
struct SimulationFailure: Error, CustomStringConvertible {
    let seed: UInt64
    /// Steps with what came of them.
    let history: [String]
    let what: String
    /// How many steps were drawn before it was shortened; nil: it was not.
    var drawnCount: Int?

    var description: String {
        let steps = history.suffix(400).joined(separator: "\n")
        let note = drawnCount.map { "\n(the seed drew \($0) steps; these are left)" } ?? ""
        return "seed \(seed), step \(history.count): \(what)\n\(steps)\(note)"
    }
}
