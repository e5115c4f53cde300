import Testing

/// Producers and consumers by seed, on a real file in virtual time, beside a model of what the design promises: FIFO,
/// redeliveries, dead letters, delayed and half messages, look-backs, retention, and a process that stops, crashes and
/// comes back. A failing seed prints itself and its last steps.
@Suite struct `Messages by lot` {
    @Test(arguments: UInt64(1)...24)
    func `are at every step where the model says`(seed: UInt64) async throws {
        _ = try await MessageSimulation(seed: seed).run()
    }

    @Test func `meet everything that can happen to them`() async throws {
        var outcomes: [String: Int] = [:]
        for seed in UInt64(101)...108 {
            outcomes.merge(try await MessageSimulation(seed: seed).run(), uniquingKeysWith: +)
        }
        for word in [
            "send", "prepare", "resolve", "takeQuestions", "recall", "reschedule", "receive", "acknowledge", "fail",
            "extend", "bury", "redrive", "lookBack", "maintain", "pass", "stall", "reopen", "crash", "stale_receipt",
            "decided_already", "already_visible", "first", "again", "redriven", "replayed",
        ] { #expect(outcomes[word, default: 0] > 3, "hardly ever \(word): \(outcomes)") }
    }

    @Test(arguments: MessageBug.allCases)
    func `do not hide a bug that was planted`(bug: MessageBug) async throws {
        // Some bugs need an event that not every seed has; the same seeds without the bug go well.
        var noticed = 0
        for seed in UInt64(1)...6 {
            do {
                _ = try await MessageSimulation(seed: seed, bug: bug).run()
            } catch let failure as MessageSimulation.Failure {
                #expect(failure.description.hasPrefix("seed \(seed), step"))
                noticed += 1
            }
        }
        #expect(noticed >= 2, "\(bug) was noticed by \(noticed) of 6 seeds")
    }
}
