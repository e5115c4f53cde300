import Testing

/// The shipped flash sale against a model, by seeds: orders, limits, refunds, messages, timeouts and the journal, after
/// each step; and at the end the file is verified. A failing seed prints itself and its last steps.
@Suite struct `A simulated flash sale` {
    @Test func `is at every step what the model says`() throws {
        var outcomes: [String: Int] = [:]
        for seed in UInt64(1)...40 {
            outcomes.merge(try FlashSimulation(seed: seed).run(), uniquingKeysWith: +)
        }
        for word in [
            "accepted", "repeated", "insufficient_stock", "order_exists", "unknown_order", "key_reused", "not_possible",
            "stock_conflict", "bad_data", "call_ended", "no_open_call", "timeout_fired", "unknown_timeout",
        ] { #expect(outcomes[word, default: 0] > 3, "hardly ever \(word): \(outcomes)") }
    }

    @Test(arguments: FlashBug.allCases)
    func `does not hide a bug that was planted in it`(bug: FlashBug) throws {
        // The same seeds without the bug go well: it is the bug that is found.
        for seed in UInt64(1)...3 {
            let failure = #expect(throws: FlashSimulation.Failure.self) {
                try FlashSimulation(seed: seed, bug: bug).run()
            }
            #expect(failure?.description.hasPrefix("seed \(seed), step") ?? false)
        }
    }
}
