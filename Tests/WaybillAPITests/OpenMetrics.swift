import Testing
import Waybill
import WaybillAPI
import WaybillCore

/// The same numbers in the form of OpenMetrics, for a scraper that asks for it.
@Suite struct `Metrics in the form of OpenMetrics` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop()
        #expect(await shop.send(.init(get: "/v1/orders/none")).code == "unknown_order")
    }

    private func metrics(_ accept: String) async -> (type: String?, lines: [String]) {
        let reply = await shop.send(.init(.get, "/metrics", [(.accept, accept)]))
        return (reply.contentType, reply.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }

    @Test func `have counters without their ending, the same samples, and an end`() async throws {
        // The first request is counted in the second.
        _ = await metrics("text/plain")
        let usual = await metrics("text/plain")
        let open = await metrics(
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1")
        #expect(open.type == "application/openmetrics-text; version=1.0.0; charset=utf-8")
        #expect(open.lines.contains("# TYPE waybill_http_problems counter"))
        #expect(open.lines.contains { $0.hasPrefix("# HELP waybill_http_problems ") })
        #expect(!open.lines.contains { $0.hasPrefix("# ") && $0.contains("_total ") })
        #expect(open.lines.contains("waybill_http_problems_total{code=\"unknown_order\"} 1"))
        #expect(open.lines.contains("# TYPE waybill_commit_duration_seconds histogram"))
        #expect(Array(open.lines.suffix(2)) == ["# EOF", ""])
        let samples = { (lines: [String]) in lines.filter { !$0.isEmpty && !$0.hasPrefix("#") }.count }
        #expect(samples(open.lines) == samples(usual.lines) && samples(usual.lines) > 10)
    }

    @Test(arguments: ["text/plain", "*/*", "application/openmetrics-text;q=0"])
    func `are not given to others`(accept: String) async throws {
        let found = await metrics(accept)
        #expect(found.type == "text/plain; version=0.0.4; charset=utf-8")
        #expect(!found.lines.contains("# EOF") && found.lines.contains("# TYPE waybill_http_problems_total counter"))
    }
}
