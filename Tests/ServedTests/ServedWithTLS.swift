import Foundation
import Testing

/// A server with a certificate, asked by curl.
@Suite(.serialized) struct `A server with TLS` {
    private let shop: ServedFile
    private let pair: ServedCertificate

    init() throws {
        shop = try ServedFile()
        pair = ServedCertificate(of: shop)
        try pair.put("one")
    }

    private func serve(_ arguments: String...) throws { try shop.serve(["--open"] + pair.flags + arguments) }

    @Test func `says so, and speaks both versions of HTTP with TLS 1.2 and 1.3, and nothing else`() throws {
        try serve("--socket", "off")
        #expect(shop.said.contains(" https://127.0.0.1:\(shop.port) "), "\(shop.said)")
        for version in ["--tls-max 1.2", "--tlsv1.3"] {
            let words = version.split(separator: " ").map(String.init)
            let second = try shop.secure(trusting: "one", "/healthz", ["--http2", "-w", " %{http_version}"] + words)
            #expect(second.status == 0 && second.output.hasSuffix("} 2"), "\(second)")
            let first = try shop.secure(trusting: "one", "/healthz", ["--http1.1", "-w", " %{http_version}"] + words)
            #expect(first.status == 0 && first.output.hasSuffix("} 1.1"), "\(first)")
        }
        // The library of curl refuses what is older by itself, unless it is told to be less careful.
        let old = try shop.secure(
            trusting: "one", "/healthz", ["--tls-max", "1.1", "--tlsv1.0", "--ciphers", "DEFAULT@SECLEVEL=0"])
        #expect(old.status == 35, "\(old)")
        let plain = try shop.start("/usr/bin/curl", ["-sS", "http://127.0.0.1:\(shop.port)/healthz"])
        #expect(plain.status != 0 && !plain.output.contains("alive"), "\(plain)")
        let other = try shop.secure(trusting: "two", "/healthz", [])
        #expect(other.status == 60, "\(other)")
    }

    @Test func `does over HTTP/2 what it does over HTTP/1.1`() throws {
        try serve("--socket", "off")
        let json = ["-H", "Content-Type: application/json"]
        for (version, key) in [("--http2", "a"), ("--http1.1", "b")] {
            let answer = try shop.secure(
                trusting: "one", "/v1/stock/mug/receive",
                [version, "-H", "Idempotency-Key: \(key)", "-d", #"{"quantity":7}"#] + json)
            #expect(answer.output.contains(#""free":"#), "\(answer)")
            let missing = try shop.secure(trusting: "one", "/nothing", [version, "-w", " %{http_code}"])
            #expect(missing.output.contains(#""code":"not_found""#) && missing.output.hasSuffix(" 404"), "\(missing)")
            let host = try shop.secure(trusting: "one", "/healthz", [version, "-H", "Host: evil.example"])
            #expect(host.output.contains("wrong_host"), "\(host)")
        }
        // A long body asks first whether it may come, and one that is too long is refused with a reason that arrives.
        let long = shop.directory.appendingPathComponent("long").path
        try Data(repeating: 0x20, count: 3 << 20).write(to: URL(fileURLWithPath: long))
        for version in ["--http2", "--http1.1"] {
            let refused = try shop.secure(
                trusting: "one", "/v1/stock/mug/receive", [version, "--data-binary", "@\(long)"] + json)
            #expect(refused.output.contains(#""code":"too_large""#), "\(version) \(refused)")
        }
    }

    @Test func `takes long messages over HTTP/2, and gives them back whole`() throws {
        try serve()
        let text = (0..<200_000).map { "\($0 % 10)" }.joined()
        let sent = shop.directory.appendingPathComponent("sent").path
        try Data(#"{"messages":[{"tag":"a","data":{"text":"\#(text)"}},{"tag":"b","data":{"text":"\#(text)"}}]}"#.utf8)
            .write(to: URL(fileURLWithPath: sent))
        let json = ["-H", "Content-Type: application/json", "--http2"]
        let topic = try shop.secure(
            trusting: "one", "/v1/topics/news", json + ["-X", "PUT", "-d", #"{"reason":"a test"}"#])
        try #require(topic.status == 0, "\(topic)")
        let answer = try shop.secure(
            trusting: "one", "/v1/topics/news/messages", json + ["-H", "Idempotency-Key: k", "-d", "@\(sent)"])
        try #require(answer.output.contains(#""ids""#) || answer.output.contains(#""id""#), "\(answer)")
        let got = try shop.secure(
            trusting: "one", "/v1/groups/desk/receive",
            json + ["-d", #"{"topic":"news","client":"c","max":2,"wait_ms":0}"#])
        #expect(got.status == 0 && got.output.components(separatedBy: text).count == 3, "\(got.output.prefix(400))")
    }

    @Test func `answers a hundred requests of one connection of HTTP/2`() throws {
        try serve("--socket", "off")
        let many = try shop.start(
            "/usr/bin/curl",
            [
                "-sS", "--http2", "--parallel", "--parallel-max", "100", "--cacert", ServedCertificate.path(of: "one"),
                "-w", "%{http_code} %{num_connects}\n",
            ] + (1...100).flatMap { _ in ["-o", "/dev/null", "https://localhost:\(shop.port)/version"] })
        let lines = many.output.split(separator: "\n").filter { $0.wholeMatch(of: /\d{3} \d+/) != nil }
        #expect(many.status == 0 && lines.count == 100 && lines.allSatisfy { $0.hasPrefix("200 ") }, "\(many)")
        #expect(lines.count { $0.hasSuffix(" 0") } > 50, "they share connections")
    }

    @Test func `tells events over HTTP/2 as they come, and says farewell when it stops`() throws {
        try serve()
        let receive = { (key: String) in
            _ = try shop.curl(
                "http://waybill/v1/stock/mug/receive", "-H", "Content-Type: application/json", "-H",
                "Idempotency-Key: \(key)", "-d", #"{"quantity":7}"#)
        }
        try receive("a")
        let stream = try RunningProgram(
            "/usr/bin/curl",
            [
                "-sSN", "--http2", "--cacert", ServedCertificate.path(of: "one"),
                "https://localhost:\(shop.port)/v1/events/stream?after=e0",
            ])
        #expect(stream.read { $0.contains("id: e1\n") }.contains("event: event"))
        try receive("b")
        #expect(stream.read { $0.contains("id: e2\n") }.contains("id: e2\n"))
        let end = try #require(shop.kill(SIGTERM))
        #expect(end.reason == .exit && end.status == 0)
        #expect(stream.read().contains("event: bye"))
    }

    @Test func `leases nothing for a client of HTTP/2 that has gone`() throws {
        try serve("--socket", "off")
        let json = ["--http2", "-H", "Content-Type: application/json"]
        let topic = try shop.secure(
            trusting: "one", "/v1/topics/ledger", json + ["-X", "PUT", "-d", #"{"reason":"a test"}"#])
        try #require(topic.status == 0, "\(topic)")
        let receive = { (wait: Int) in #"{"topic":"ledger","client":"c","wait_ms":\#(wait)}"# }
        let waiting = try RunningProgram(
            "/usr/bin/curl",
            ["-sSv", "--cacert", ServedCertificate.path(of: "one"), "-d", receive(20_000)] + json
                + ["https://localhost:\(shop.port)/v1/groups/readers/receive"])
        #expect(waiting.read { $0.contains("uploaded and fine") }.contains("uploaded and fine"))
        waiting.end()
        let sent = try shop.secure(
            trusting: "one", "/v1/topics/ledger/messages",
            json + ["-H", "Idempotency-Key: k", "-d", #"{"id":"m-1","data":1}"#])
        try #require(sent.status == 0, "\(sent)")
        let found = try shop.secure(
            trusting: "one", "/v1/groups/readers/receive", json + ["-d", receive(10_000)])
        #expect(found.output.contains(#""m-1""#) && found.output.contains(#""attempt":1"#), "\(found)")
    }
}
