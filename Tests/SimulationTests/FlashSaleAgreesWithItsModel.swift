import Testing

/// The shipped flash sale against a model, by seeds: orders, limits, refunds, messages, timeouts and the journal, after
/// each step; and at the end the file is verified. A failing seed prints itself and its steps.
@Suite struct `A simulated flash sale` {
    @Test func `is at every step what the model says`() async throws {
        let words = [
            "accepted", "repeated", "insufficient_stock", "order_exists", "unknown_order", "key_reused", "not_possible",
            "stock_conflict", "bad_data", "no_open_call", "timeout_fired", "unknown_timeout",
        ]
        expect(words, in: try await outcomes(of: FlashSimulation.self, seeds: 1...40), moreThan: 3)
    }

    @Test(arguments: FlashBug.allCases)
    func `does not hide a bug that was planted in it`(bug: FlashBug) async throws {
        try await expectNoticed(bug, in: FlashSimulation.self, seeds: 1...3, atLeast: 3)
    }
}
