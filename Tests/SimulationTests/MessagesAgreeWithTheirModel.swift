import Testing

/// Producers and consumers by seed, on a real file in virtual time, beside a model of what the design promises: FIFO,
/// redeliveries, dead letters, delayed and half messages, look-backs, retention, and a process that stops, crashes and
/// comes back. A failing seed prints itself and its steps.
@Suite struct `Messages by lot` {
    @Test(arguments: UInt64(1)...24)
    func `are at every step where the model says`(seed: UInt64) async throws {
        _ = try await SimulationRun<MessageSimulation>(seed: seed).run()
    }

    @Test func `meet everything that can happen to them`() async throws {
        let words = [
            "send", "prepare", "resolve", "takeQuestions", "recall", "reschedule", "receive", "acknowledge", "fail",
            "extend", "bury", "redrive", "lookBack", "maintain", "pass", "stall", "reopen", "crash", "stale_receipt",
            "decided_already", "already_visible", "first", "again", "redriven", "replayed",
        ]
        expect(words, in: try await outcomes(of: MessageSimulation.self, seeds: 101...108), moreThan: 3)
    }

    @Test(arguments: MessageBug.allCases)
    func `do not hide a bug that was planted`(bug: MessageBug) async throws {
        try await expectNoticed(bug, in: MessageSimulation.self, seeds: 1...6, atLeast: 2)
    }
}
