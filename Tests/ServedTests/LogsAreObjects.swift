import Foundation
import Testing

/// What a server says with `--log-format json`.
@Suite(.serialized) struct `A log in JSON` {
    private func lines(_ shop: ServedFile) throws -> [[String: Any]] {
        let errors = try String(contentsOf: shop.directory.appendingPathComponent("errors"), encoding: .utf8)
        return try errors.split(separator: "\n").map { line in
            try #require(
                JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "no object: \(line)")
        }
    }

    @Test func `is one object a line, and names each request, its caller and what came of it`() throws {
        let shop = try ServedFile()
        try shop.serve("--log-format", "json", "--log-level", "info")
        let made = try shop.curl(
            "-X", "POST", "-H", "Content-Type: application/json", "-H", "Idempotency-Key: t", "-d",
            #"{"name":"des\"k","grants":["viewer"],"reason":"a test"}"#, "http://waybill/v1/tokens"
        ).output
        let token = String(try #require(made.firstMatch(of: /"token":"(wb-[a-z2-7]+-[a-z2-7]+)"/)?.1, "\(made)"))
        for (target, id) in [("/v1/stock?prefix=secret-query", "r-good"), ("/v1/orders/none", "r-none")] {
            let connection = try RawConnection(port: shop.port)
            connection.send(
                "GET \(target) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\nX-Request-Id: \(id)\r\n"
                    + "Connection: close\r\n\r\n")
            #expect(connection.receive().hasPrefix("HTTP/1.1 "))
        }
        let connection = try RawConnection(port: shop.port)
        connection.send(
            "GET /v1/stock HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: r-nobody\r\nConnection: close\r\n\r\n")
        #expect(connection.receive().contains(" 401 "))
        let owner = try shop.curl(
            "-H", "Waybill-Caller: eva%0A%7B%22time%22", "-H", "X-Request-Id: r-owner", "http://waybill/v1/stock")
        #expect(owner.output.contains("items"), "\(owner.output)")
        #expect(shop.kill(SIGTERM)?.status == 0)
        let lines = try lines(shop)
        for line in lines {
            #expect((line["time"] as? String)?.hasSuffix("Z") == true && line["level"] is String, "\(line)")
            #expect(line["message"] is String, "\(line)")
        }
        func line(_ id: String) throws -> [String: Any] {
            try #require(lines.first { $0["request_id"] as? String == id }, "\(id)")
        }
        let good = try line("r-good")
        #expect(good["operation"] as? String == "listStock" && good["status"] as? Int == 200)
        #expect(good["ms"] is Int && good["code"] == nil && good["level"] as? String == "info")
        #expect(good["principal"] as? String == "des\"k")
        // A name may be any text, and begins no line of its log.
        #expect((try line("r-owner")["principal"] as? String)?.hasPrefix("eva") == true)
        #expect(try line("r-none")["code"] as? String == "unknown_order")
        let refused = try line("r-nobody")
        #expect(refused["code"] as? String == "unauthenticated" && refused["operation"] == nil)
        let said = try String(contentsOf: shop.directory.appendingPathComponent("errors"), encoding: .utf8)
        #expect(!said.contains("secret-query") && !said.contains(token))
        #expect(lines.contains { $0["message"] as? String == "serves" && $0["http"] is String })
    }

    @Test func `names no request unless it is asked to, and warns in objects too`() throws {
        let shop = try ServedFile()
        shop.environment = ["WAYBILL_LOG_FORMAT": "json"]
        try shop.serve("--open")
        let connection = try RawConnection(port: shop.port)
        connection.send("GET /v1/stock HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(connection.receive().contains(" 200 "))
        #expect(shop.kill(SIGTERM)?.status == 0)
        let lines = try lines(shop)
        #expect(lines.count == 1 && lines[0]["level"] as? String == "warning", "\(lines)")
        #expect((lines[0]["message"] as? String)?.contains("--open") == true)
    }
}
