import Testing

/// A shop that sells mugs against a model, by seeds: buyers, banks and clerks who get things wrong, a clock, and a file
/// that is closed and opened. A failing seed prints itself and its steps.
@Suite struct `An order book driven by a seed` {
    @Test(arguments: UInt64(1)...30)
    func `answers and looks as an independent model says`(seed: UInt64) async throws {
        _ = try await SimulationRun<ShopSimulation>(seed: seed).run()
    }

    @Test func `meets every kind of answer`() async throws {
        let words = [
            "accepted", "repeat", "insufficient_stock", "key_reused", "not_possible", "order_exists", "stock_conflict",
            "timeout_fired", "unknown_order", "unknown_timeout", "passed",
        ]
        let outcomes = try await outcomes(of: ShopSimulation.self, seeds: 31...40)
        expect(words, in: outcomes, moreThan: 0)
        #expect(Set(outcomes.keys) == Set(words))
    }

    @Test(arguments: ShopBug.allCases)
    func `does not hide a bug that was planted`(bug: ShopBug) async throws {
        try await expectNoticed(bug, in: ShopSimulation.self, seeds: 1...3, atLeast: 3, saying: bug.sign)
    }
}
