import Fixtures
import FlashSale
import Testing
import WaybillCore

@Suite struct `A rush` {
    @Test func `with the same seed gives the same report, byte for byte`() async throws {
        let scenario = try scenario()
        let first = try await run(scenario).report.json()
        #expect(try await run(scenario).report.json() == first)
        var other = scenario
        other.seed += 1
        #expect(try await run(other).report.json() != first)
    }

    @Test func `agrees with its model in every answer, on a file that dies twice`() async throws {
        let directory = try TemporaryDirectory()
        let report = try await run(try scenario(), path: directory.file("shop.db")).report
        #expect(report.check.findings == [])
        #expect(report.check.isSound)
        #expect(report.check.oversold == 0)
        #expect(report.check.answersCompared > 1_000)
        #expect(report.crashes == [4_000, 25_000])
    }

    @Test(arguments: 1...12) func `agrees with its model, whatever the seed`(seed: UInt64) async throws {
        var scenario = try scenario()
        scenario.seed = seed
        scenario.shoppers = 400
        let report = try await run(scenario).report
        #expect(report.check.findings == [], "seed \(seed)")
    }

    @Test func `sees a little of everything that can happen`() async throws {
        let report = try await run(try scenario()).report
        let totals = report.totals
        #expect(totals.shoppers == 1_500)
        #expect(totals.bots > 0 && totals.looks > 1_000 && totals.unanswered > 0 && totals.repeats > 0)
        #expect(totals.unitsReceived == 65)
        #expect(totals.unitsSold + totals.unitsReserved + totals.unitsFree == 65)
        #expect(totals.cancelled > 0 && totals.refundedLate > 0 && report.timeouts.fired > 0)
        #expect(report.timeouts.pending == 0)
        let refusals = Set(report.refusals.map(\.code))
        #expect(refusals.isSuperset(of: ["sold_out", "limit_reached", "overloaded"]))
        // What is counted over time adds up to what is counted in all.
        #expect(report.whole.accepted.reduce(0, +) == totals.accepted)
        #expect(report.whole.fired.reduce(0, +) == report.timeouts.fired)
        #expect(report.whole.shoppers.reduce(0, +) == 1_500)
        #expect(report.opening.depth.max() == 12)
        #expect(report.modules[0].lagMax > 0)
        #expect(report.modules[0].lagAtEnd == 0)
    }

    @Test func `takes its crowd from a curve`() async throws {
        var scenario = try scenario()
        scenario.crashes.at = []
        // Nobody in the first half, all in the last quarter.
        scenario.arrivals = .replay(file: "", counts: [0, 0, 0, 9], row: .seconds(10))
        let report = try await run(scenario).report
        let cell = report.opening.cellMilliseconds
        let early = report.opening.shoppers.prefix(Int(29_000 / cell)).reduce(0, +)
        #expect(early == 0)
        #expect(report.opening.shoppers.reduce(0, +) == 1_500)
    }

    @Test func `wants some items more than others`() async throws {
        var scenario = try scenario()
        scenario.shoppers = 4_000
        let report = try await run(scenario).report
        let asked = report.items.map(\.asked)
        // 1 : 1/2 : 1/3
        #expect(asked.count == 3)
        #expect(asked[0] > asked[1] * 17 / 10 && asked[1] > asked[2] * 12 / 10)
    }
}
