import Foundation
import Testing

/// Messages go to no one whose token was revoked, also when the request came before.
@Suite(.serialized) struct `A receive that waits` {
    @Test func `is refused as soon as its token is revoked`() throws {
        let shop = try ServedFile()
        try shop.serve()
        func ask(_ target: String, _ body: String, _ more: String...) throws -> String {
            try shop.start(
                "/usr/bin/curl",
                ["-sS", "--unix-socket", shop.path + ".sock", "-H", "Content-Type: application/json", "-d", body]
                    + more + ["http://waybill\(target)"]
            ).output
        }
        _ = try ask("/v1/topics/ledger", #"{"reason":"a test"}"#, "-X", "PUT")
        let made = try ask("/v1/tokens", #"{"name":"desk","grants":["consumer:desk"],"reason":"a test"}"#)
        let (_, token, id) = try #require(
            made.firstMatch(of: /"token":"(wb-([a-z2-7]+)-[a-z2-7]+)"/)?.output, "\(made)")
        let receive = #"{"topic":"ledger","client":"c","wait_ms":"#
        func request(_ wait: Int) -> String {
            let body = receive + "\(wait)}"
            return "POST /v1/groups/desk/receive HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        let first = try RawConnection(port: shop.port)
        first.send(request(0))
        try #require(first.receive { $0.hasSuffix("}") }.hasPrefix("HTTP/1.1 200"))
        let deadline = Deadline(seconds: 10)
        first.send(request(20_000))
        let revoked = try ask("/v1/tokens/\(id)/revoke", #"{"reason":"lost"}"#)
        try #require(revoked.contains(#""revoked_at":"2"#), "\(revoked)")
        let answer = first.receive { $0.hasSuffix("}") }
        #expect(answer.hasPrefix("HTTP/1.1 401") && !deadline.isOver, "\(answer)")
        shop.kill(SIGTERM)
    }
}
