import Testing

@Suite struct `The simulation` {
    @Test func `notices reservations that are skipped`() async throws {
        try await expectNoticed(.skipsReservations, saying: "the stock is")
    }

    @Test func `notices stock that is released twice`() async throws {
        try await expectNoticed(.releasesTwice, saying: "the stock is")
    }

    @Test func `notices timeouts that are lost`() async throws {
        try await expectNoticed(.losesTimeouts, saying: "due: nil")
    }

    @Test func `notices a repeated request that is done again`() async throws {
        try await expectNoticed(.repeatsKeyedRequests, saying: "isRepeat: true")
    }

    @Test func `notices an order that was changed in the closed file`() async throws {
        try await expectNoticed(.changesAnOrderInTheClosedFile, saying: "status: \"paid\"")
    }

    @Test func `notices stock that does not add up`() async throws {
        try await expectNoticed(.changesTheStockInTheClosedFile, saying: "does not add up")
    }

    /// Each of a few seeds must show the bug, in words that name it.
    private func expectNoticed(_ misbehaviour: Subject.Misbehaviour, saying words: String) async throws {
        for seed in UInt64(1)...3 {
            let difference = try await Simulation.run(seed: seed, misbehaviour: misbehaviour)
            let what = try #require(difference, "seed \(seed) did not notice that it \(misbehaviour)").what
            #expect(what.contains(words), "\(what)")
        }
    }
}
