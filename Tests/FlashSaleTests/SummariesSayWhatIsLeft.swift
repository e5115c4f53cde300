import FlashSale
import Testing
import WaybillCore

@Suite struct `The summary of a rush` {
    @Test func `does not say of units that came in later that they came back`() async throws {
        let text = smallSale.replacing("{at: 40s, item: 1, units: 5}", with: "{at: 10m, item: 1, units: 40}")
        let report = try await run(scenario(text)).report
        let back = report.timeouts.fired + report.totals.cancelled
        let left = try #require(report.whole.stockLeft.compactMap { $0 }.last)
        try #require(back > 0 && left > back && report.whole.stockLeft.contains(0))

        let sentences = Summary(report).sentences
        #expect(
            sentences.contains {
                $0.hasPrefix("\(back) units came back unpaid, and \(left) units were left in the end")
            })
    }
}
