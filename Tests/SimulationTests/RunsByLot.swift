import Testing

@Suite struct `A run by lot` {
    @Test func `takes the same steps for the same seed`() async throws {
        let steps = try await SimulationRun<ShopSimulation>(seed: 7).once().steps
        #expect(try await SimulationRun<ShopSimulation>(seed: 7).once().steps == steps)
        #expect(try await SimulationRun<ShopSimulation>(seed: 8).once().steps != steps)
    }

    @Test func `that fails is shortened to what makes it fail`() async throws {
        let run = SimulationRun<ShopSimulation>(seed: 1, bug: .skipsReservations)
        let failing = try await run.once()
        let shortest = try await run.shortened(failing)
        // Something is counted or comes in, something is ordered; and nothing else is needed.
        #expect(shortest.steps.count == 2, "\(shortest.steps)")
        if case .place? = shortest.steps.last {} else { Issue.record("\(shortest.steps)") }
        #expect(shortest.failure?.what.contains(ShopBug.skipsReservations.sign) == true)
    }

    @Test func `prints what is left of it, and that it was longer`() {
        let failure = SimulationFailure(seed: 3, history: ["1. a: b"], what: "it is c", drawnCount: 150)
        #expect(
            failure.description == """
                seed 3, step 1: it is c
                1. a: b
                (the seed drew 150 steps; these are left)
                """)
    }

    // Who leaves steps out must not see failures that there would not be in the whole.

    @Test(arguments: UInt64(1)...2) func `of a shop goes well without half of its steps`(seed: UInt64) async throws {
        try await expectPartsToGoWell(ShopSimulation.self, seed)
    }

    @Test(arguments: UInt64(1)...2) func `of families goes well without half of its steps`(seed: UInt64) async throws {
        try await expectPartsToGoWell(FamilySimulation.self, seed)
    }

    @Test(arguments: UInt64(1)...2) func `of messages goes well without half of its steps`(seed: UInt64) async throws {
        try await expectPartsToGoWell(MessageSimulation.self, seed)
    }

    @Test(arguments: UInt64(1)...2) func `of a flash sale goes well without half of its steps`(seed: UInt64)
        async throws
    {
        try await expectPartsToGoWell(FlashSimulation.self, seed)
    }

    private func expectPartsToGoWell<Simulated: Simulation>(_ simulation: Simulated.Type, _ seed: UInt64) async throws {
        let run = SimulationRun<Simulated>(seed: seed)
        let steps = try await run.once().steps
        for part in 0...1 {
            let half = steps.indices.filter { $0 % 2 == part }.map { steps[$0] }
            #expect(try await run.once(half).failure == nil, "\(part)")
        }
        let tail = try await run.once(Array(steps.suffix(steps.count / 2)))
        #expect(tail.failure == nil)
    }
}
