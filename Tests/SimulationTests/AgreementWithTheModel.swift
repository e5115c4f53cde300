import Testing

@Suite struct `An order book driven by a seed` {
    @Test(arguments: UInt64(1)...30)
    func `answers and looks as an independent model says`(seed: UInt64) async throws {
        if let difference = try await Simulation.run(seed: seed) { Issue.record("\(difference)") }
    }
}

@Suite struct `The simulation's driver` {
    @Test func `takes the same steps for the same seed`() {
        #expect(steps(seed: 7) == steps(seed: 7))
        #expect(steps(seed: 7) != steps(seed: 8))
    }

    @Test func `meets every kind of answer`() {
        var answers: Set<String> = []
        for seed in UInt64(1)...30 {
            var (driver, model) = (Driver(seed: seed), ShopModel())
            for _ in 0..<150 {
                switch model.perform(driver.next(model)) {
                case .accepted(_, let isRepeat): answers.insert(isRepeat ? "repeat" : "accepted")
                case .refused(let code): answers.insert(code)
                case .passed: break
                }
            }
        }
        #expect(
            answers == [
                "accepted", "repeat", "insufficient_stock", "key_reused", "not_possible", "order_exists",
                "stock_conflict", "timeout_fired", "unknown_order", "unknown_timeout",
            ])
    }

    private func steps(seed: UInt64) -> [Step] {
        var (driver, model) = (Driver(seed: seed), ShopModel())
        return (0..<150).map { _ in
            let step = driver.next(model)
            _ = model.perform(step)
            return step
        }
    }
}
