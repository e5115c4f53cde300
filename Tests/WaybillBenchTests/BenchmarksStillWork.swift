import Foundation
import Testing
import Waybill
import WaybillBench
import WaybillServer

/// Each benchmark as short as can be: nothing is measured, but all is done. The bare loops compare what they wrote
/// with the engine's rows, so a table that changes under them ends one of these with a failure.
@Suite(.serialized) struct `A benchmark` {
    @Test(arguments: Benchmark.allCases)
    func `ends with all of its figures, and leaves nothing behind`(benchmark: Benchmark) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "waybill-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { _ = try? FileManager.default.removeItem(at: directory) }

        let report = try await benchmark.run(BenchmarkSettings(directory: directory.path, extent: .trial))
        #expect(report.benchmark == benchmark.name)
        #expect(report.ratio.isFinite && report.ratio > 0, "\(report.ratio)")
        for figure in report.figures { #expect(figure.value.isFinite, "\(figure.name) is \(figure.value)") }
        for (name, least) in Self.figures(of: benchmark) {
            let figure = try #require(report.figures.first { $0.name == name }, "\(name) is missing")
            #expect(figure.value >= least, "\(name) is \(figure.value)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
        #expect(try report.json().contains("\"ratio\""))
        #expect(report.table().contains(benchmark.name))
    }

    @Test func `asks a server that runs elsewhere, which knows nothing of it before`() async throws {
        let book = try OrderBook.inMemory(workflows: [])
        defer { book.close() }
        var settings = BookServer.Settings()
        settings.http = HTTPAddress(host: "127.0.0.1", port: 0)
        settings.isOpen = true
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        let running = Task {
            defer { told.finish() }
            try await server.run { told.yield($0) }
        }
        let address = try #require(await places.first { _ in true }?.http)
        var bench = BenchmarkSettings(extent: .trial)
        // Twice: the second run finds what the first has made.
        for _ in 1...2 {
            bench.endpoint = LoadTarget(url: "http://\(address)/", token: "")
            let report = try await Benchmark.http.run(bench)
            #expect(report.ratio.isFinite && report.ratio > 0 && report.flush.contains("\(address)"))
            for name in ["orders placed, 64 connections", "orders read, 64 connections", "1 connection p99"] {
                let figure = try #require(report.figures.first { $0.name == name }, "\(name) is missing")
                #expect(figure.value > 0, "\(name) is \(figure.value)")
            }
            #expect(report.figures.first { $0.name.hasPrefix("received") }.map { $0.value > 0 } == true)
        }
        running.cancel()
        _ = await running.result
    }

    @Test func `asks a server of RocketMQ clients that runs elsewhere and has its topic`() async throws {
        let book = try OrderBook.inMemory(workflows: [])
        defer { book.close() }
        var settings = BookServer.Settings()
        settings.http = nil
        settings.rocketMQ = HTTPAddress(host: "127.0.0.1", port: 0)
        settings.isOpen = true
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        let running = Task {
            defer { told.finish() }
            try await server.run { told.yield($0) }
        }
        let address = try #require(await places.first { _ in true }?.rocketMQ)
        var bench = BenchmarkSettings(extent: .trial)
        bench.callEndpoint = CallTarget(address: "\(address)", key: nil)
        await #expect("a topic that is not there is said") {
            try await Benchmark.rocketmq.run(bench)
        } throws: { "\($0)".contains("40402") }
        try await book.messages.createTopic("bench")
        let report = try await Benchmark.rocketmq.run(bench)
        #expect(report.ratio.isFinite && report.ratio > 0 && report.flush.contains("\(address)"))
        for name in ["sent, 64 clients x 16, 150 bytes", "heartbeats, 64 x 16", "1 x 1 p99"] {
            let figure = try #require(report.figures.first { $0.name == name }, "\(name) is missing")
            #expect(figure.value > 0, "\(name) is \(figure.value)")
        }
        running.cancel()
        _ = await running.result
    }

    @Test(arguments: ["https://127.0.0.1:7070", "127.0.0.1:7070", "http://127.0.0.1", "http://:7070", "http://a:0"])
    func `takes no address that is none of a server`(url: String) {
        #expect(LoadTarget(url: url, token: "") == nil)
    }

    /// What must be there, and what it is at least when anything was done at all.
    private static func figures(of benchmark: Benchmark) -> [String: Double] {
        switch benchmark {
        case .orders:
            [
                "orders": 1, "orders, bare loop": 1, "bytes of an order": 100, "latency p99.9": 0.001,
                "processor time of an order, user": 0.1, "bare loop, processor time of an order, user": 0.1,
                "processor time of an order / bare loop": 0.1,
            ]
        case .flow:
            [
                "orders, all consumed": 1, "orders, all consumed, bare loop": 1, "rows of an order": 19,
                "processor time of an order / bare loop": 0.1,
                "orders, no modules": 1, "orders, modules down": 1, "orders, modules slow": 1, "backlog drained": 1,
            ]
        case .backup:
            [
                "orders": 1, "orders, beside a backup": 1, "file, of what a run writes": 0.01, "log at most": 0.01,
                "backup whole after": 0.001,
            ]
        case .growth: ["orders, with 200.0 orders": 1, "bytes of an order, all in all": 100]
        case .hotSKU: ["orders, one hot SKU": 1, "orders, 10,000 cold SKUs": 1, "refused at the door, sold out": 1]
        case .timeouts:
            [
                "timeouts pending": 2_000, "fired": 1, "fired, bare loop": 1, "armed, by commands": 1, "rescheduled": 1,
                "cancelled": 1, "fired early": 0, "lateness when idle, p99": 0,
            ]
        case .registration: ["one after the other": 150, "side by side": 100, "handed over": 50, "hand-over": -1_000]
        case .replay: ["events": 900, "folded": 1, "decided again": 1, "read, SQLite alone": 1]
        case .rush: ["shoppers, virtual time": 1, "shoppers, crowd alone": 1, "requests, real time": 1, "oversold": 0]
        case .startup: ["orders, and timeouts pending": 500, "opened after": 0.001, "first order durable after": 0.001]
        case .http:
            [
                "orders placed, 64 connections": 1, "orders placed, 64 callers, no HTTP": 1, "constant answer": 1,
                "bare Hummingbird": 1,
                "1 connection p99": 0.001, "at that rate p99.9": 0.001,
                "received and acknowledged, 64 connections": 1, "orders read, 64 connections": 1,
                "a read of one p99": 0.001, "idle event streams": 20, "streams of every event": 10,
                "events to all of them": 1,
            ]
        case .rocketmq:
            [
                "sent, 64 clients x 16, 150 bytes": 1, "constant answer, 64 x 16": 1, "sent, 64 x 16, 1 KiB": 1,
                "sent in batches of 16, 64 x 2": 16, "sent, 1 client x 1": 1, "1 x 1 p99": 0.001,
                "constant answer, 1 x 1 p50": 0.001, "processor time of a send: connections": 0.001,
                "processor time of a send: writer": 0.001, "received and acknowledged, 8 groups x 8": 1,
                "received, acknowledged one by one, 8 clients": 1, "send to deliver p99.9": 0.001,
                "FIFO, one hot message group": 1, "FIFO, 10,000 message groups": 1,
                "delayed messages, 5,000 a second": 500, "receives that wait": 20, "sent beside the backlog": 1,
                "memory at most, clients included": 1,
            ]
        case .broker:
            [
                "published, 64 callers": 1, "published, bare loop": 1, "published, 1 caller": 1,
                "received and acknowledged, 8 groups x 8": 1, "FIFO, the hot one of them": 1, "backlog": 2_000,
                "send to deliver p99.9": 0.001, "drained, 8 consumers": 1,
            ]
        }
    }
}
