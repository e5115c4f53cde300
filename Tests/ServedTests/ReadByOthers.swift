import Foundation
import Testing

/// Programs of others read what a server says of itself: the validator of OpenAPI, and the parser of Prometheus.
@Suite(.serialized, .enabled(if: Readers.areThere, "the libraries of PyPI that read them cannot be installed"))
struct `What a server says of itself` {
    private func shop() throws -> ServedFile {
        let shop = try ServedFile()
        try shop.serve("--open", "--socket", "off", "--modules", "cart,points,coupons,notifications,gift-pack")
        return shop
    }

    @Test func `is an OpenAPI document that others accept, and a broken one they do not`() throws {
        let document = try shop().get("/openapi.json")
        let read = try Readers.read("openapi", document)
        #expect(read.status == 0 && read.output.hasPrefix("valid 3.1.0 "), "\(read.output)")
        let count = read.output.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) }
        #expect(count ?? 0 >= 60, "\(read.output)")
        for (right, wrong) in [
            (#""responses":"#, #""answers":"#), (#""in":"path""#, #""in":"road""#), (#""openapi":"3.1.0","#, ""),
        ] {
            let broken = try #require(
                document.range(of: right).map { document.replacingCharacters(in: $0, with: wrong) })
            #expect(try Readers.read("openapi", broken).status == 1, "\(wrong)")
        }
    }

    @Test func `are metrics that others read, and a broken line they do not`() throws {
        let shop = try shop()
        #expect(try shop.post("/v1/stock/mug/receive", key: "d", #"{"quantity":10}"#).hasSuffix("200"))
        #expect(try shop.post("/v1/stock/mug/receive", key: "d", #"{"quantity":11}"#).hasSuffix("422"))
        let text = try shop.get("/metrics")
        let read = try Readers.read("metrics", text)
        let lines = read.output.split(separator: "\n").map(String.init)
        #expect(read.status == 0, "\(read.output)")
        for family in [
            "waybill_commit_duration_seconds histogram", "waybill_intake_waiting gauge", "waybill_refusals counter",
            "waybill_timeouts_overdue gauge", "waybill_group_lag_messages gauge", "waybill_group_lag_seconds gauge",
            "waybill_dead_letters gauge", "waybill_half_messages gauge", "waybill_wal_bytes gauge",
            "waybill_disk_free_ratio gauge", "waybill_clock_held gauge",
        ] { #expect(lines.contains("family \(family) True"), "\(family)") }
        #expect(lines.contains("sample waybill_refusals_total {at=writer,code=key_reused} 1.0"), "\(read.output)")
        #expect(lines.contains { $0.hasPrefix("sample waybill_commit_duration_seconds_bucket {le=+Inf} ") })
        #expect(try Readers.read("metrics", text + "waybill_new{code=\"a} 1\n").status == 1)
        #expect(try Readers.read("metrics", text + "waybill_new one\n").status == 1)
    }

    @Test func `are metrics in the form of OpenMetrics for who asks for it, and not when they are cut`() throws {
        let shop = try shop()
        #expect(try shop.post("/v1/stock/mug/receive", key: "d", #"{"quantity":10}"#).hasSuffix("200"))
        #expect(try shop.post("/v1/stock/mug/receive", key: "d", #"{"quantity":11}"#).hasSuffix("422"))
        let text = try shop.get("/metrics", accept: "application/openmetrics-text; version=1.0.0")
        let read = try Readers.read("openmetrics", text)
        let lines = read.output.split(separator: "\n").map(String.init)
        #expect(read.status == 0, "\(read.output)")
        for family in [
            "waybill_commit_duration_seconds histogram", "waybill_refusals counter", "waybill_wal_bytes gauge",
        ] { #expect(lines.contains("family \(family) True"), "\(family)") }
        #expect(lines.contains("sample waybill_refusals_total {at=writer,code=key_reused} 1.0"), "\(read.output)")
        #expect(try Readers.read("openmetrics", text.replacing("# EOF\n", with: "")).status == 1)
        #expect(try Readers.read("openmetrics", try shop.get("/metrics")).status == 1)
    }
}

extension ServedFile {
    fileprivate func get(_ path: String, accept: String = "*/*") throws -> String {
        try start("/usr/bin/curl", ["-sS", "-H", "Accept: \(accept)", "http://127.0.0.1:\(port)\(path)"]).output
    }
}

/// The Python that has the libraries: that of the system, or one under `.build`, into which they are installed.
private enum Readers {
    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("documents.py")

    private static let finding = """
        cd "$1" || exit 1
        wanted='import openapi_spec_validator, prometheus_client'
        if python3 -c "$wanted" 2>/dev/null; then command -v python3; exit; fi
        python=.build/python/bin/python3
        if ! "$python" -c "$wanted" 2>/dev/null; then
            [ -x "$python" ] || python3 -m venv .build/python >/dev/null 2>&1 || exit 1
            "$python" -m pip install --quiet openapi-spec-validator==0.9.0 prometheus-client==0.26.0 \\
                >/dev/null 2>&1 || exit 1
        fi
        echo "$PWD/$python"
        """

    /// Nil: there is none, and none can be made.
    private static let python: String? = {
        let package = script.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        do {
            let found = try run("/bin/bash", ["-c", finding, "bash", package.path])
            return found.status == 0 ? found.output.trimmingCharacters(in: .whitespacesAndNewlines) : nil
        } catch {
            return nil
        }
    }()

    static let areThere = python != nil

    /// What a library says of a text.
    static func read(_ what: String, _ text: String) throws -> (status: Int32, output: String) {
        try run(try #require(python), [script.path, what], input: text)
    }

    private static func run(
        _ executable: String, _ arguments: [String], input: String = ""
    ) throws -> (status: Int32, output: String) {
        let (process, entry, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardInput = entry
        process.standardOutput = output
        process.standardError = output
        try process.run()
        // From another thread: neither pipe holds a whole document.
        Thread.detachNewThread {
            try? entry.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try? entry.fileHandleForWriting.close()
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
