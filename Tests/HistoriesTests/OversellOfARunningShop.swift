import Fixtures
import FlashSale
import Histories
import Testing
import Waybill
import WaybillStore

/// A rule of the running engine that is broken from outside: a trigger in its file, which nobody but a test puts there,
/// does to the rows what an engine with that bug would do, and the engine goes on with what it finds.
///
/// The engine keeps stock in memory as long as it lives, so a wrong row becomes a wrong decision after the next crash.
enum BrokenRule: String, CaseIterable, Sendable {
    /// A reservation is decided, and its units stay free for others to be promised as well.
    case reservationOutsideTheWrite = """
        CREATE TRIGGER broken_rule AFTER UPDATE ON stock WHEN NEW.sku = 'mug-1' AND NEW.reserved > OLD.reserved
        BEGIN
            UPDATE stock SET free = free + 1, reserved = reserved - 1 WHERE number = NEW.number;
        END
        """
    /// What is given back is given back twice, at the cost of somebody who still waits.
    case doubleRelease = """
        CREATE TRIGGER broken_rule AFTER UPDATE ON stock
            WHEN NEW.sku = 'mug-1' AND NEW.free > OLD.free AND NEW.reserved BETWEEN 1 AND OLD.reserved - 1
        BEGIN
            UPDATE stock SET free = free + 1, reserved = reserved - 1 WHERE number = NEW.number;
        END
        """
    /// Every third timeout of an order is forgotten as it is armed.
    case lostTimeout = """
        CREATE TRIGGER broken_rule AFTER INSERT ON timeout WHEN NEW.kind = 1 AND NEW.owner % 3 = 0
        BEGIN
            DELETE FROM timeout
            WHERE kind = NEW.kind AND due = NEW.due AND owner = NEW.owner AND name = NEW.name;
        END
        """
}

@Suite struct `A rush of shoppers` {
    private static let sale = """
        id: small
        title: A small sale
        seed: 7
        items: {name: mug, count: 2, units: 20, price_cents: 900, limit: 2}
        shoppers: 400
        arrivals: {step: {half_life: 8m, length: 30m}}
        payments:
          abandoned: 30%
          methods:
            - {name: wallet, share: 60%, p50: 8s, p90: 40s, p99: 3m}
            - {name: card, share: 40%, p50: 50s, p90: 5m, p99: 20m}
        cancels: 30%
        server: {commit: 30ms, per_command: 2ms, intake: 64, write: 8}
        crashes: {at: [30s, 2m, 5m, 16m, 18m, 22m], outage: 1s}
        """

    /// The file of a rush through an engine with a broken rule, or none, and what the rush itself says.
    private func rush(_ rule: BrokenRule?) async throws -> (shop: CertifiedShop, report: RushReport) {
        let shop = try CertifiedShop()
        let scenario = try ScenarioFile.load(Self.sale, name: "small.yaml")
        let engine = try await VirtualShop.open(shop.database, for: scenario)
        defer { engine.close() }
        // An opening refuses such a file, and the rush opens it again after each crash.
        if let rule { _ = try sqlite(shop.database, rule.rawValue) }
        let report = try await FileSchema.$isChecked.withValue(rule == nil) {
            var rush = VirtualRush(scenario, in: engine)
            while try await rush.step(limit: 1_000) {}
            return rush.report()
        }
        if rule != nil { _ = try sqlite(shop.database, "DROP TRIGGER broken_rule") }
        return (shop, try #require(report))
    }

    @Test func `leaves a file whose certificate is sound`() async throws {
        let (shop, report) = try await rush(nil)
        #expect(report.check.isSound, "\(report.check.findings)")
        #expect(try shop.certify().isSound)
        let check = try shop.check()
        #expect(check.isSound, "\(check.output)")
    }

    @Test(arguments: BrokenRule.allCases)
    func `through an engine with a broken rule fails its certificate, and the checker without our code`(
        rule: BrokenRule
    ) async throws {
        let (shop, report) = try await rush(rule)
        #expect(!report.check.isSound)
        let certificate = try shop.certify()
        #expect(!certificate.isSound)
        #expect(try !shop.check().isSound)
        // The checker finds out by itself, from the movements alone.
        let alone = try shop.checkWithoutFindings(againstFile: false)
        let words = certificate.findings.first.map(\.description) + [alone.output]
        switch rule {
        case .reservationOutsideTheWrite, .doubleRelease:
            #expect(words.contains { $0.contains("stock mug-1") && $0.contains("more than there is") }, "\(words)")
            #expect(alone.output.contains("OVERSOLD"))
        case .lostTimeout:
            #expect(words.contains { $0.contains("it is lost") }, "\(words)")
            #expect(alone.output.contains("OVERDUE TIMEOUT"))
        }
    }
}
