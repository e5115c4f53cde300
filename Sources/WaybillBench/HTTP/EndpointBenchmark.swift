import Foundation
import WaybillCore
import WaybillTimeouts

/// The clients of ``HTTPBenchmark`` at a server that runs elsewhere. Its token is that of an administrator: the
/// workflow of the benchmark and its stock are made first, and its orders stay there.
struct EndpointBenchmark {
    let settings: BenchmarkSettings
    let target: LoadTarget

    func run() async throws -> BenchmarkReport {
        let clients = HTTPBenchmark(settings, prefix: "bench-\(World.system.now().milliseconds)")
        settings.progress("the workflow and the stock of the benchmark are made")
        try await prepare(for: clients.traffic)
        settings.progress("orders")
        let placed = try await clients.closed(target, at: "/v1/orders", seconds: clients.length)
        settings.progress("one connection")
        let alone = try await clients.closed(target, connections: 1, at: "/v1/orders", seconds: clients.length / 2)
        settings.progress("latency at half the rate")
        let steady = try await clients.steady(
            target, perSecond: placed.rate / 2, seconds: settings.pick(trial: 0.2, usual: 5, full: 30))
        settings.progress("single orders are read")
        let read = try await clients.reads(target)
        settings.progress("consumers receive and acknowledge")
        let consumed = try await clients.consume(target)
        return BenchmarkReport(
            .http, ratio: placed.rate / max(read.rate, 0.001), meaning: "of what it reads of single orders",
            flush: "what the server at \(target.host):\(target.port) does", directory: settings.directory,
            figures: [
                .init("orders placed, 64 connections", placed.rate, "per second"),
                .init("orders placed, 1 connection", alone.rate, "per second"),
                .init("1 connection p50", alone.milliseconds[0], "ms"),
                .init("1 connection p99", alone.milliseconds[1], "ms"),
                .init("rate for the latencies", steady.rate, "per second"),
                .init("at that rate p50", steady.milliseconds[0], "ms"),
                .init("at that rate p99.9", steady.milliseconds[2], "ms"),
                .init("received and acknowledged, 64 connections", consumed, "per second"),
                .init("orders read, 64 connections", read.rate, "per second"),
                .init("a read of one p99", read.milliseconds[1], "ms"),
            ])
    }

    /// Enough for a thousand runs, and a number that every program reads exactly.
    private static let quantity: Int64 = 1 << 40

    private func prepare(for traffic: OrderTraffic) async throws {
        let requests = PlacingRequests(traffic, at: target)
        let text = try Self.text(BenchWorkflow.text)
        try await ServedShop.onThread { [target] in
            var rest = [
                requests.request(
                    "PUT", "/v1/workflows/\(BenchWorkflow.name)", #"{"text":\#(text),"reason":"benchmark"}"#)
            ]
            for index in 0..<traffic.skuCount {
                rest.append(
                    requests.request(
                        "POST", "/v1/stock/\(OrderTraffic.sku(index))/receive",
                        #"{"quantity":\#(Self.quantity),"note":"benchmark"}"#, key: "\(traffic.prefix)-\(index)"))
            }
            let client = try LoadClient(to: target, connections: 1)
            var next = rest.makeIterator()
            _ = try client.drive { _, _ in next.next() }
        }
    }

    /// A text as JSON.
    private static func text(_ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }
}
