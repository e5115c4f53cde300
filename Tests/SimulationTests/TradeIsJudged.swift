import Foundation
import Testing
import Waybill

/// Families of orders of every shipped workflow, by seed, in virtual time: steps on and beside the borders, late and
/// double answers, people who err, stops of the process. They are judged by a model that shares no code with the
/// product and only sees money and goods come and go. A failing seed prints the shortest steps that fail.
@Suite struct `Trade by lot` {
    /// Families in one test.
    private static let batchSize = 25
    /// 300 families of each workflow, and 5,000 by `make soak`.
    private static let batches = 0..<(ProcessInfo.processInfo.environment["WAYBILL_SOAK"] == nil ? 12 : 200)

    @Test(arguments: TradeShape.allCases, batches)
    func `lets out at most what came, and at rest holds and owes nothing`(shape: TradeShape, batch: Int) async throws {
        let first = UInt64(batch * Self.batchSize + 1)
        for number in first..<first + UInt64(Self.batchSize) {
            _ = try await SimulationRun<TradeSimulation>(seed: shape.seed(number)).run()
        }
    }

    /// Nothing is proved about what hardly ever happens.
    @Test(arguments: TradeShape.allCases)
    func `meets what can happen`(shape: TradeShape) async throws {
        // Goods come back in few families.
        let seeds = shape.seed(9_001)...shape.seed(shape == .standard ? 9_090 : 9_030)
        expect(
            shape.words + ["pass", "border", "stop", "crash", "accepted"],
            in: try await outcomes(of: TradeSimulation.self, seeds: seeds), moreThan: 0)
    }

    /// The driver must know all that a person may send, or it would leave out what was added last.
    @Test func `knows the commands of the shipped workflows`() {
        for text in WorkflowText.shipped {
            let workflow = String(text.source.prefix { $0 != "." })
            let known = Set(TradeWord.known(workflow)).union(TradeWord.inner)
            let unknown = TradeTexts.commands(of: text.text).filter { !known.contains($0) }
            #expect(unknown.isEmpty, "\(workflow): \(unknown)")
        }
    }
}

/// The texts of an earlier release have faults about money that were found by hand: the judge must find each by name.
@Suite struct `The judge of trade` {
    @Test(arguments: TradeFaultBefore.all)
    func `finds each fault of earlier texts by name`(before: TradeFaultBefore) async throws {
        let plan = TradePlan(texts: try TradeTexts.before(), watched: [before.fault])
        try await expectFound(before.fault, plan, before.shape, from: before.number)
    }

    @Test(arguments: TradeStory.all)
    func `finds what a few steps come to, and the shipped texts do not come to it`(story: TradeStory) async throws {
        let plan = TradePlan(texts: try TradeTexts.before(), watched: [story.fault])
        let before = try await SimulationRun<TradeSimulation>(seed: story.shape.seed(0), bug: plan).once(story.steps)
        #expect(before.failure?.what.hasPrefix(story.fault.rawValue) == true)
        let now = try await SimulationRun<TradeSimulation>(seed: story.shape.seed(0)).once(story.steps)
        #expect(now.failure == nil)
    }

    @Test(arguments: TradeBug.all)
    func `finds a fault that was planted in a text, by name`(bug: TradeBug) async throws {
        try await expectFound(bug.fault, TradePlan(texts: try bug.texts(), watched: [bug.fault]), bug.shape, from: 1)
    }

    private func expectFound(_ fault: TradeFault, _ plan: TradePlan, _ shape: TradeShape, from first: UInt64)
        async throws
    {
        for number in first..<first + 200 {
            let record = try await SimulationRun<TradeSimulation>(seed: shape.seed(number), bug: plan).once()
            guard let failure = record.failure else { continue }
            #expect(failure.what.hasPrefix(fault.rawValue))
            return
        }
        Issue.record("\(shape): not found: \(fault.rawValue)")
    }

    @Test func `shows a fault with the fewest steps that lead to it`() async throws {
        let plan = TradePlan(texts: try TradeTexts.before(), watched: [.emptyReturn])
        let run = SimulationRun<TradeSimulation>(seed: TradeShape.standard.seed(10), bug: plan)
        let failing = try await run.once()
        let shortest = try await run.shortened(failing)
        #expect(shortest.failure?.what.hasPrefix(TradeFault.emptyReturn.rawValue) == true)
        #expect(shortest.steps.count == 2, "\(shortest.steps)")
    }

    @Test func `wants a request with the same key to ask for the same`() {
        var ledger = TradeLedger(at: 0, received: [:])
        var picture = TradePicture()
        picture.asked = [TradePicture.Asked(key: "o-1#1", order: "o-1", payment: "p1", cents: 5)]
        ledger.notice(picture)
        ledger.notice(picture)
        #expect(ledger.findings.isEmpty)
        picture.asked[0].cents = 6
        ledger.notice(picture)
        #expect(ledger.findings.map(\.fault) == [.requestChanged])
    }
}
