import Foundation
import Testing
import Waybill
import WaybillAPI

/// The page of alerts speaks of numbers that there are.
@Suite struct `The page of alerts` {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/Waybill/Waybill.docc/Alerts.md").standardizedFileURL

    private func text() throws -> String { try String(contentsOf: Self.page, encoding: .utf8) }

    /// The expressions of its rules.
    private func expressions() throws -> [String] {
        try text().split(separator: "\n").filter { $0.contains("  expr: ") }
            .map { String($0.split(separator: "expr: ", maxSplits: 1).last ?? "") }
    }

    @Test func `lists each number with its kind and what it says`() throws {
        let rows = try text().split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `") }
        #expect(rows == Metric.allCases.map { "| `\($0.rawValue)` | \($0.kind.rawValue) | \($0.help) |" })
    }

    @Test func `asks in its rules for numbers of the list only`() throws {
        let rules = try expressions()
        #expect(rules.count > 20)
        for rule in rules where !rule.hasPrefix("up{") {
            let names = rule.matches(of: /\b(?:waybill|process)_[a-z_]+/).map { String($0.output) }
            #expect(!names.isEmpty, "\(rule)")
            for name in names {
                let family = name.hasSuffix("_bucket") ? String(name.dropLast(7)) : name
                let metric = try #require(Metric(rawValue: family), "\(name) in \(rule)")
                #expect((metric.kind == .histogram) == name.hasSuffix("_bucket"), "\(rule)")
                let isRate = rule.contains("rate(\(name)") || rule.contains("increase(\(name)")
                #expect(isRate == (metric.kind != .gauge), "\(rule): a gauge has no rate, a counter says nothing else")
            }
        }
    }

    @Test func `chooses by labels that the numbers have`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place, ExampleShop.topic, ExampleShop.half] {
            await shop.send(step)
        }
        #expect(await shop.send(.init(get: "/v1/orders/none")).status == 404)
        let other = ExampleShop.place.body.replacing("ann", with: "bob")
        let again = Example.Step(.post, "/v1/orders", [(.idempotencyKey, "cart-42"), (.role, "buyer")], body: other)
        #expect(await shop.send(again).code == "key_reused")
        let lines = try MetricLines(await shop.send(.init(get: "/metrics")).text)
        var chosen = 0
        for rule in try expressions() where !rule.hasPrefix("up{") {
            for match in rule.matches(of: /([a-z_]+)\{([^}]*)\}/) {
                let there = lines[String(match.output.1)].keys
                for name in match.output.2.split(separator: ",").map({ $0.split(separator: "=")[0] }) {
                    chosen += 1
                    #expect(there.contains { $0.contains("\(name)=\"") }, "\(name) in \(rule)")
                }
            }
        }
        #expect(chosen >= 5)
    }
}
