import Testing

/// What all runs of some seeds meet, counted.
func outcomes<Simulated: Simulation>(
    of simulation: Simulated.Type, seeds: ClosedRange<UInt64>
) async throws -> [String: Int] {
    var outcomes: [String: Int] = [:]
    for seed in seeds {
        outcomes.merge(try await SimulationRun<Simulated>(seed: seed).run(), uniquingKeysWith: +)
    }
    return outcomes
}

/// Nothing is proved about what hardly ever happens.
func expect(
    _ words: [String], in outcomes: [String: Int], moreThan few: Int,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    for word in words where outcomes[word, default: 0] <= few {
        Issue.record("hardly ever \(word): \(outcomes)", sourceLocation: sourceLocation)
    }
}

/// A bug must be noticed by enough of some seeds, in words that name the run and the bug. Some bugs need an event that
/// not every seed has; the same seeds without the bug go well.
func expectNoticed<Simulated: Simulation>(
    _ bug: Simulated.Bug, in simulation: Simulated.Type, seeds: ClosedRange<UInt64>, atLeast: Int,
    saying sign: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    var noticed = 0
    for seed in seeds {
        guard let failure = try await SimulationRun<Simulated>(seed: seed, bug: bug).once().failure else { continue }
        noticed += 1
        #expect(failure.description.hasPrefix("seed \(seed), step"), sourceLocation: sourceLocation)
        #expect(failure.what.contains(sign), sourceLocation: sourceLocation)
    }
    #expect(
        noticed >= atLeast, "\(bug) was noticed by \(noticed) of \(seeds.count) seeds", sourceLocation: sourceLocation)
}
