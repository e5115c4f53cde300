import FlashSale
import Testing
import Waybill
import WaybillCore

/// A small sale with a little of everything: 60 units, 1,500 shoppers, a restock, two crashes.
let smallSale = """
    id: small
    title: A small sale
    seed: 7
    items: {name: mug, count: 3, units: 20, price_cents: 900, limit: 2, zipf: 1}
    restocks: [{at: 40s, item: 1, units: 5}]
    shoppers: 1500
    arrivals: {step: {half_life: 8s, length: 1m}}
    looks: 2
    leaves_when_sold_out: 20%
    payments:
      abandoned: 15%
      late: 8%
      methods:
        - {name: wallet, share: 60%, p50: 8s, p90: 40s, p99: 3m}
        - {name: card, share: 40%, p50: 50s, p90: 5m, p99: 20m}
    cancels: 10%
    duplicates: {same_key: 10%, other_key: 8%, notices: 20%}
    bots: {share: 2%, attempts: 8, every: 300ms}
    retries: {of: 40%, times: 3, after: 2s}
    modules: [{name: points, per_second: 5, down: {from: 5s, for: 30s}}]
    server: {commit: 30ms, per_command: 2ms, intake: 12, write: 8}
    crashes: {at: [4s, 25s], outage: 2s}
    """

func scenario(_ text: String = smallSale) throws -> RushScenario { try ScenarioFile.load(text, name: "small.yaml") }

/// A run from its beginning to its end.
func run(
    _ scenario: RushScenario, path: String? = nil, _ change: (inout VirtualShop) throws -> Void = { _ in }
) async throws -> (rush: VirtualRush, report: RushReport) {
    var shop = try await VirtualShop.open(path, for: scenario)
    defer { shop.close() }
    try change(&shop)
    var rush = VirtualRush(scenario, in: shop)
    while try await rush.step(limit: 1_000) {}
    return (rush, try #require(rush.report()))
}
