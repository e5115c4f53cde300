import Testing

/// Orders with parcels, returns and refunds, and groups that buy, by seed, on a real file in virtual time, beside a
/// model of where every cent and every unit must be: a worker that answers well, badly, late and twice, deadlines,
/// crashes and restarts. A failing seed prints itself and its steps.
@Suite struct `Families by lot` {
    @Test(arguments: UInt64(1)...16)
    func `keep their money and their goods together, and tell each other`(seed: UInt64) async throws {
        _ = try await SimulationRun<FamilySimulation>(seed: seed).run()
    }

    @Test func `meet everything that can happen to them`() async throws {
        let words = [
            "place", "pay", "cancel", "ship", "deliver", "askReturn", "takeBack", "open", "join", "leave", "answer",
            "pass", "reopen", "crash", "repeated", "call_ended", "not_possible", "insufficient_stock", "late",
            "gathering", "formed", "complete", "failed", "closed", "delivered", "returned", "awaiting the group",
        ]
        expect(words, in: try await outcomes(of: FamilySimulation.self, seeds: 101...108), moreThan: 0)
    }

    @Test(arguments: FamilyBug.allCases)
    func `do not hide a bug that was planted`(bug: FamilyBug) async throws {
        try await expectNoticed(bug, in: FamilySimulation.self, seeds: 1...6, atLeast: 2)
    }
}
