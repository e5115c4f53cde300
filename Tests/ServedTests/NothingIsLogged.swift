import Foundation
import Testing

/// What a server writes besides its answers: its output, its log, and files beside the one it serves.
@Suite(.serialized) struct `A secret of a served shop` {
    private static let marker = "marker-of-an-undecided-message"

    @Test func `is in no log, whatever is asked with it, and neither is an undecided message`() throws {
        let shop = try ServedFile()
        try shop.serve("--modules", "notifications")
        let made = try shop.ask(
            "POST", "/v1/tokens", #"{"name":"desk","grants":["admin","producer:*"],"reason":"a test"}"#)
        let token = String(try #require(made.firstMatch(of: /"token":"(wb-[a-z2-7]+-[a-z2-7]+)"/)?.1))
        let secret = try #require(token.split(separator: "-").last)
        _ = try shop.ask("PUT", "/v1/topics/ledger", #"{"reason":"a test"}"#)
        let half = """
            {"topic":"ledger","producer":"bank","message":{"tag":"\(Self.marker)","data":{"text":"\(Self.marker)"}}}
            """
        #expect(try shop.ask("POST", "/v1/half-messages", half).contains("transaction"))
        // With the secret where it belongs, and where it does not; with the marker in requests that are refused.
        for (header, target, body) in [
            ("Authorization: Bearer \(token)", "/v1/stock", ""), ("Authorization: \(token)", "/v1/stock", ""),
            ("Authorization: Bearer \(token)x", "/v1/stock", ""), ("X-Token: \(token)", "/v1/stock?token=\(token)", ""),
            ("Authorization: Bearer \(token)", "/v1/\(token)", ""),
            ("Authorization: Bearer \(token)", "/v1/half-messages", half + "x"),
            ("Authorization: Bearer \(token)", "/v1/half-messages", half.replacing("ledger", with: "none")),
            ("Authorization: Bearer \(token)", "/v1/tokens/\(secret)/revoke", #"{"reason":"a test"}"#),
            ("Authorization: Bearer \(token)\r\nBad\u{1}: x", "/v1/stock", ""),
        ] { try shop.askOverTCP(header, target, body) }
        for target in ["/v1/audit", "/v1/tokens", "/v1/half-messages", "/metrics", "/v1/health"] {
            let said = try shop.curl("http://waybill\(target)").output
            #expect(!said.contains(secret) && !said.contains(Self.marker), "\(target)")
        }
        for verb in [["token", "list"], ["half-message", "list"], ["verify"]] {
            let file = verb == ["verify"] ? [shop.path] : ["--db", shop.path]
            let said = try shop.run(verb + file).output
            #expect(!said.contains(secret) && !said.contains(Self.marker), "\(verb)")
        }
        #expect(shop.kill(SIGTERM)?.status == 0)
        let files = try FileManager.default.contentsOfDirectory(atPath: shop.directory.path)
        #expect(files.contains("errors") && files.contains("shop.db"))
        for name in files {
            let bytes = try Data(contentsOf: shop.directory.appendingPathComponent(name))
            #expect(bytes.range(of: Data(secret.utf8)) == nil, "the secret is in \(name)")
            let holdsMessages = name.hasPrefix("shop.db")
            #expect(holdsMessages || bytes.range(of: Data(Self.marker.utf8)) == nil, "the message is in \(name)")
        }
        #expect(!shop.said.contains(secret) && !shop.said.contains(Self.marker))
    }
}

extension ServedFile {
    /// Asks at the socket, as the owner.
    fileprivate func ask(_ method: String, _ path: String, _ body: String) throws -> String {
        try curl(
            "-X", method, "-H", "Content-Type: application/json", "-H", "Idempotency-Key: \(path)", "-d", body,
            "http://waybill\(path)"
        ).output
    }

    /// Sends bytes over TCP; the answer does not matter.
    fileprivate func askOverTCP(_ header: String, _ target: String, _ body: String) throws {
        let connection = try RawConnection(port: port)
        connection.send(
            """
            \(body.isEmpty ? "GET" : "POST") \(target) HTTP/1.1\r\nHost: localhost\r\n\(header)\r\n\
            Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
            """)
        #expect(connection.receive().hasPrefix("HTTP/1.1 "), "\(target)")
    }
}
