import Fixtures
import FlashSale
import Testing
import Waybill
import WaybillCore

@Suite struct `A module of a rush` {
    /// Counts what it handles, in its own table.
    private static let counting = ModuleShelf { name, _ in
        guard name == "points" else { return nil }
        return HandlerModule(
            "points", [Subscription("order", tags: "paid")],
            migrate: { try $0.execute("CREATE TABLE IF NOT EXISTS paid (order_id TEXT PRIMARY KEY) STRICT") },
            handle: { delivery, tables, _ in
                try tables.execute("INSERT INTO paid VALUES (?)", [.text(delivery.order?.description ?? "")])
            })
    }

    /// A sale with other modules than the small one's.
    private func sale(_ modules: String) throws -> RushScenario {
        let old = "modules: [{name: points, per_second: 5, down: {from: 5s, for: 30s}}]"
        return try scenario(smallSale.replacing(old, with: "modules: [\(modules)]"))
    }

    /// Runs a rush and answers its report, and how many rows a query counts afterwards.
    private func run(
        _ scenario: RushScenario, counting query: String, path: String? = nil
    ) async throws -> (report: RushReport, rows: Int) {
        let shop = try await VirtualShop.open(path, for: scenario, modules: Self.counting)
        defer { shop.close() }
        var rush = VirtualRush(scenario, in: shop)
        while try await rush.step(limit: 1_000) {}
        let row = try await shop.book().readTables { tables in try tables.rows(query).first }
        guard case .integer(let count) = row?["count"] else { throw ReportMissing() }
        return (try #require(rush.report()), Int(count))
    }

    private struct ReportMissing: Error {}

    @Test func `handles what the orders of the rush say, also across the deaths of the server`() async throws {
        let directory = try TemporaryDirectory()
        let (report, rows) = try await run(
            try sale("{name: points, per_second: 50}"), counting: "SELECT count(*) AS count FROM paid",
            path: directory.file("shop.db"))
        #expect(report.check.findings == [])
        #expect(report.crashes.count == 2)
        // Whoever paid too late has paid, but the order never was.
        #expect(rows == report.totals.paid - report.totals.refundedLate)
        #expect(rows > 20)
        let module = report.modules[0]
        #expect(module.name == "points" && !module.standsIn && module.lagAtEnd == 0)
        #expect(module.taken == rows)
    }

    @Test func `that nobody knows is stood in for by a reader, which gets every message`() async throws {
        let (report, rows) = try await run(
            try sale("{name: invoices, per_second: 100}"), counting: "SELECT count(*) AS count FROM rush_reader")
        #expect(report.modules[0].standsIn)
        #expect(rows > 0 && rows == report.modules[0].taken)
    }

    @Test func `is as far behind as it is slow, and catches up after it was down`() async throws {
        let query = "SELECT count(*) AS count FROM rush_reader"
        let (report, rows) = try await run(
            try sale(
                "{name: quick, per_second: 1000}, {name: slow, per_second: 2}, "
                    + "{name: broken, per_second: 1000, down: {from: 2s, for: 20s}}"), counting: query)
        let (quick, slow, broken) = (report.modules[0], report.modules[1], report.modules[2])
        #expect(quick.lagMax == 0 && quick.drainedAt == nil)
        #expect(slow.lagMax > 10)
        #expect(broken.lagMax > 10)
        let drained = try #require(broken.drainedAt)
        #expect((22_000...24_000).contains(drained))
        #expect(report.modules.allSatisfy { $0.lagAtEnd == 0 })
        #expect(rows == 3 * quick.taken)
        // The page's curve shows it while it is down.
        let during = report.opening.lags[2].values[10] ?? 0
        #expect(during > 0)
        // And no peak lies between two of its points.
        for (index, module) in report.modules.enumerated() {
            #expect(report.whole.lags[index].values.compactMap { $0 }.max() == module.lagMax, "\(module.name)")
        }
    }

    @Test func `that fails at first gets those messages again, and the rush notices nothing`() async throws {
        let query = "SELECT count(*) AS count FROM rush_reader"
        let (sound, all) = try await run(try sale("{name: mails, per_second: 100}"), counting: query)
        let (report, rows) = try await run(try sale("{name: mails, per_second: 100, fails: 30%}"), counting: query)
        #expect(report.check.findings == [])
        #expect(rows == all)
        // A failed delivery is one that was taken.
        #expect(report.modules[0].taken > sound.modules[0].taken)
        #expect(report.totals == sound.totals)
    }
}
