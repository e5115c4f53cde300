import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillEngine

/// A day after a call failed or expired its rolled-back announcement is forgotten, and verify called it missing.
@Suite struct `A file over thirty days` {
    @Test func `is sound however its calls have ended`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("cakes.db")
        let clock = try await Baking.fill(path)
        for days: Int64 in [0, 2, 28] {
            try Baking.letPass(days, over: path, clock)
            let report = try Verify().run(path)
            #expect(report.findings.map(\.description) == [], "after \(days) more days")
            #expect(report.ordersTakingSilenceForFailed == 1)
        }
    }

    @Test func `is sound if it is the demo's`() throws {
        let directory = try TemporaryDirectory()
        let demo = try #require(KeptFile.ofVersion5.first { $0.name == "demo" })
        let path = try demo.copy(to: directory)
        let book = try demo.open(path)
        for _ in 0..<30 {
            book.advance(by: .days(1))
            while try book.engine.maintain() {}
        }
        book.close()
        let report = try Verify().run(path)
        #expect(report.findings.map(\.description) == [])
    }
}
