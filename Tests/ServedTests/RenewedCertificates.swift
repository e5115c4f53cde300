import Foundation
import Testing

/// What becomes of a certificate whose files change while its server runs.
@Suite(.serialized) struct `The certificate of a server` {
    private let shop: ServedFile
    private let pair: ServedCertificate

    init() throws {
        shop = try ServedFile()
        pair = ServedCertificate(of: shop)
        try pair.put("one")
    }

    private func serve() throws { try shop.serve(["--open"] + pair.flags) }

    /// Asks until the answer is as it should be; false: it never was.
    private func comes(_ isSo: () throws -> Bool) rethrows -> Bool {
        let deadline = Deadline(seconds: 20)
        while !deadline.isOver {
            if try isSo() { return true }
        }
        return false
    }

    private func isShown(_ name: String) throws -> Bool {
        try shop.secure(trusting: name, "/healthz", []).status == 0
    }

    @Test func `is renewed at SIGHUP, for the next connection, and those that there are go on`() throws {
        try serve()
        let stream = try RunningProgram(
            "/usr/bin/curl",
            [
                "-sSN", "--cacert", ServedCertificate.path(of: "one"),
                "https://localhost:\(shop.port)/v1/events/stream?after=e0",
            ])
        stream.read { $0.contains("retry") }
        try pair.put("two")
        #expect(try isShown("one"), "nothing has asked for the new one yet")
        shop.signal(SIGHUP)
        #expect(try comes { try isShown("two") })
        #expect(try !isShown("one"))
        let received = try shop.curl(
            "http://waybill/v1/stock/mug/receive", "-H", "Content-Type: application/json", "-H", "Idempotency-Key: a",
            "-d", #"{"quantity":7}"#)
        try #require(received.output.contains("free"), "\(received)")
        #expect(stream.read { $0.contains("id: e1\n") }.contains("id: e1\n"))
    }

    @Test func `stays when the new pair does not fit, which the log, health and metrics say until it does`() throws {
        try serve()
        let health = { try shop.curl("http://waybill/v1/health").output }
        #expect(try health().contains(#""certificate":{"value":"","limit":"","word":"ok"}"#))
        let metrics = try shop.curl("http://waybill/metrics").output
        let left = metrics.firstMatch(of: /waybill_certificate_expiry_seconds ([0-9.e+]+)/).flatMap { Double($0.1) }
        // Until 2126.
        #expect(left.map { $0 > 1e9 && $0 < 4e9 } == true, "\(metrics)")
        try pair.put("one", key: "two")
        shop.signal(SIGHUP)
        #expect(try comes { try health().contains("a new certificate cannot be shown") })
        #expect(try health().contains("is not that of the first certificate"))
        #expect(try isShown("one"))
        #expect(try shop.text(of: "errors").contains("the new certificate is not shown"))
        try pair.put("two")
        shop.signal(SIGHUP)
        #expect(try comes { try isShown("two") })
        #expect(try comes { try health().contains(#""certificate":{"value":"","limit":"","word":"ok"}"#) })
    }

    @Test func `changes ten times under load without a failed handshake`() throws {
        try serve()
        // Clients trust both.
        let both = shop.directory.appendingPathComponent("both.pem")
        try (ServedCertificate.bytes(of: "one") + ServedCertificate.bytes(of: "two")).write(to: both)
        let clients = try ["--http2", "--http1.1"].map { version in
            try RunningProgram("/bin/bash", ["-c", Self.asking, "bash", both.path, "\(shop.port)", version])
        }
        for number in 1...10 {
            try pair.put(number.isMultiple(of: 2) ? "one" : "two")
            shop.signal(SIGHUP)
            let name = number.isMultiple(of: 2) ? "one" : "two"
            #expect(try comes { try isShown(name) })
        }
        for client in clients {
            let text = client.read()
            #expect(client.status() == 0 && text.hasSuffix("100 answered\n"), "\(text)")
        }
    }

    /// A hundred connections, one after the other.
    private static let asking = """
        count=0
        for number in $(seq 100); do
            curl -sS "$3" --cacert "$1" "https://localhost:$2/healthz" | grep -q alive && count=$((count + 1))
        done
        echo "$count answered"
        """

    @Test func `that is over is shown, because there is no other, and health says that it is bad`() throws {
        try pair.put("over")
        try serve()
        let health = try shop.curl("http://waybill/v1/health").output
        #expect(health.contains("the certificate was good until 2011-01-01T00:00:00Z"), "\(health)")
        #expect(health.contains(#"{"word":"bad""#), "\(health)")
        let anyway = try shop.start("/usr/bin/curl", ["-sSk", "https://localhost:\(shop.port)/healthz"])
        #expect(anyway.output.contains("alive"), "\(anyway)")
    }

    @Test func `that cannot be used is refused before a file is made`() throws {
        let run = { (arguments: [String]) in
            try shop.start(executablePath(), ["serve", "--db", shop.path, "--create"] + arguments)
        }
        let half = try run(["--tls-cert", pair.certificate])
        #expect(half.status == 64 && half.output.contains("belong together"), "\(half)")
        try pair.put("one", key: "two")
        let other = try run(pair.flags)
        #expect(other.status == 64 && other.output.contains("is not that of the first certificate"), "\(other)")
        try pair.put("one")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: pair.key)
        let loose = try run(pair.flags)
        #expect(loose.status == 64 && loose.output.contains("chmod 600"), "\(loose)")
        #expect(!FileManager.default.fileExists(atPath: shop.path))
    }

    @Test func `or a proxy is needed beyond loopback, and in any case a token`() throws {
        let run = { (arguments: [String]) in
            try shop.start(
                executablePath(), ["serve", "--db", shop.path, "--create", "--http", "0.0.0.0:0"] + arguments)
        }
        let plain = try run([])
        #expect(plain.status == 64 && plain.output.contains("--behind-proxy"), "\(plain)")
        let open = try run(["--open"] + pair.flags)
        #expect(open.status == 64 && open.output.contains("--open asks for no token"), "\(open)")
        #expect(!FileManager.default.fileExists(atPath: shop.path))
        for flags in [pair.flags, ["--behind-proxy"]] {
            let tokenless = try run(flags)
            #expect(tokenless.status == 64 && tokenless.output.contains("waybill token create"), "\(tokenless)")
        }
    }
}
