import Foundation
import Testing

/// Requests beyond a limit, and bytes that are none, sent as no HTTP library would.
@Suite(.serialized) struct `A request beyond a limit` {
    private let shop: ServedFile

    init() throws {
        shop = try ServedFile()
        try shop.serve("--open", "--socket", "off")
    }

    /// What a connection answers to these bytes: one problem, or one view.
    private func answer(to text: String) throws -> String {
        let connection = try RawConnection(port: shop.port)
        connection.send(text)
        return connection.receive { $0.contains("\r\n\r\n") && $0.hasSuffix("}") }
    }

    private func get(_ target: String, _ more: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(more)\r\n"
    }

    private func fields(_ count: Int) -> String { (0..<count).map { "X-Field-\($0): 1\r\n" }.joined() }

    @Test func `is answered at the limit, and refused by name beyond it`() throws {
        // With the host these are one hundred fields.
        #expect(try answer(to: get("/healthz", fields(99))).hasPrefix("HTTP/1.1 200"))
        let many = try answer(to: get("/healthz", fields(100)))
        #expect(many.hasPrefix("HTTP/1.1 431") && many.contains(#""code":"headers_too_large""#), "\(many)")
        let bytes = String(repeating: "a", count: 15 * 1_024)
        #expect(try answer(to: get("/healthz", "X-Long: \(bytes)\r\n")).hasPrefix("HTTP/1.1 200"))
        let long = try answer(to: get("/healthz", "X-Long: \(bytes)\(bytes)\r\n"))
        #expect(long.hasPrefix("HTTP/1.1 431") && long.contains(#""fields_max":100"#), "\(long)")
        // Target, names and values count, without what is between them.
        let rest = 16 * 1_024 - "/healthz".utf8.count - "Hostlocalhost".utf8.count - "X-Long".utf8.count
        let exact = { (count: Int) in "X-Long: \(String(repeating: "a", count: count))\r\n" }
        #expect(try answer(to: get("/healthz", exact(rest))).hasPrefix("HTTP/1.1 200"))
        #expect(try answer(to: get("/healthz", exact(rest + 1))).hasPrefix("HTTP/1.1 431"))
        let fifty = (0..<50).map { "X-Field-\($0): \(String(repeating: "a", count: 400))\r\n" }.joined()
        let together = try answer(to: get("/healthz", fifty))
        #expect(together.hasPrefix("HTTP/1.1 431") && together.contains(#""bytes_max":16384"#), "\(together)")
        let path = "/v1/orders/" + String(repeating: "a", count: 8 * 1_024 - 11)
        #expect(try answer(to: get(path)).contains("unknown_order"))
        #expect(try answer(to: get(path + "a")).hasPrefix("HTTP/1.1 414"))
    }

    @Test
    func `is answered with what keeps browsers and caches from it, and without a body when only the head is asked for`()
        throws
    {
        let connection = try RawConnection(port: shop.port)
        connection.send("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/healthz", "Connection: close\r\n"))
        let answers = connection.receive()
        #expect(answers.matches(of: /"alive"/).count == 1, "\(answers)")
        for line in ["cache-control: no-store", "x-content-type-options: nosniff", "content-length: 14"] {
            #expect(answers.lowercased().components(separatedBy: line).count == 3, "\(line)")
        }
    }

    @Test func `is answered after those before it on its connection, and ends the connection`() throws {
        let connection = try RawConnection(port: shop.port)
        connection.send(get("/v1/stock") + get("/healthz") + get("/healthz", fields(101)) + get("/version"))
        let answers = connection.receive()
        let statuses = answers.matches(of: /HTTP\/1.1 (\d+)/).compactMap { Int($0.1) }
        #expect(statuses == [200, 200, 431], "\(answers)")
        #expect(answers.contains("connection: close") || answers.contains("Connection: close"), "\(answers)")
    }

    @Test(arguments: ["hello\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost\r\n\r\n", "GET  HTTP/9\r\n\r\n"])
    func `that is no request gets a problem`(text: String) throws {
        let answer = try answer(to: text)
        #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains(#""code":"bad_request""#), "\(answer)")
    }

    private func post(_ more: String, _ body: String) -> String {
        "POST /v1/stock/mug/receive HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(more)\r\n\(body)"
    }

    @Test func `in its body is refused before it is read`() throws {
        let announced = try answer(to: post("Content-Length: \(256 * 1_024 + 1)\r\n", ""))
        #expect(announced.hasPrefix("HTTP/1.1 413") && announced.contains(#""max":262144"#), "\(announced)")
        let chunk = "10000\r\n" + String(repeating: " ", count: 65_536) + "\r\n"
        let connection = try RawConnection(port: shop.port)
        connection.send(post("Transfer-Encoding: chunked\r\n", String(repeating: chunk, count: 5)))
        #expect(connection.receive().hasPrefix("HTTP/1.1 413"))
        for head in ["", "Content-Type: application/json\r\n"] {
            let untyped = try answer(
                to: "POST /v1/stock/mug/receive HTTP/1.1\r\nHost: localhost\r\n\(head)"
                    + "Transfer-Encoding: chunked\r\n\r\ne\r\n{\"quantity\":1}\r\n0\r\n\r\n")
            #expect(untyped.hasPrefix(head.isEmpty ? "HTTP/1.1 415" : "HTTP/1.1 200"), "\(untyped)")
        }
        let padded = #"{"quantity":1}"# + String(repeating: " ", count: 256 * 1_024 - 14)
        let whole = try answer(to: post("Content-Length: \(256 * 1_024)\r\n", padded))
        #expect(whole.hasPrefix("HTTP/1.1 200"), "\(whole)")
    }

    private func send(_ target: String, _ body: String, key: String = "k") throws -> String {
        try answer(
            to: "\(target) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: \(key)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    @Test func `in what it asks for is served at the limit, and refused beyond it`() throws {
        #expect(try answer(to: get("/v1/stock?limit=1000")).hasPrefix("HTTP/1.1 200"))
        #expect(try answer(to: get("/v1/stock?limit=1001")).hasPrefix("HTTP/1.1 400"))
        _ = try send("PUT /v1/topics/ledger", #"{"reason":"a test"}"#)
        let messages = { (count: Int) in
            #"{"messages":[\#(Array(repeating: #"{"data":1}"#, count: count).joined(separator: ","))]}"#
        }
        let sent = try send("POST /v1/topics/ledger/messages", messages(32), key: "a")
        #expect(sent.hasPrefix("HTTP/1.1 201"), "\(sent)")
        let many = try send("POST /v1/topics/ledger/messages", messages(33), key: "b")
        #expect(many.hasPrefix("HTTP/1.1 400") && many.contains(#""max":32"#), "\(many)")
        let receipts = { (count: Int) in
            #"{"receipts":[\#(Array(repeating: #""r""#, count: count).joined(separator: ","))]}"#
        }
        let known = try send("POST /v1/groups/desk/acknowledge", receipts(100))
        #expect(!known.contains(#""max":100"#), "\(known)")
        let unknown = try send("POST /v1/groups/desk/acknowledge", receipts(101))
        #expect(unknown.hasPrefix("HTTP/1.1 400") && unknown.contains(#""max":100"#), "\(unknown)")
    }

    @Test func `in the body of messages is taken at the limit, and refused beyond it`() throws {
        _ = try send("PUT /v1/topics/ledger", #"{"reason":"a test"}"#)
        let message = #"{"data":1}"#
        let whole = message + String(repeating: " ", count: 6 * 1_024 * 1_024 - message.utf8.count)
        let taken = try send("POST /v1/topics/ledger/messages", whole, key: "a")
        #expect(taken.hasPrefix("HTTP/1.1 201"), "\(taken)")
        let long = try send("POST /v1/topics/ledger/messages", whole + " ", key: "b")
        #expect(long.hasPrefix("HTTP/1.1 413") && long.contains(#""max":6291456"#), "\(long)")
    }

    @Test(arguments: [
        ("Content-Length: 100\r\n", #"{"quantity":1}"#),
        ("Transfer-Encoding: chunked\r\n", "e\r\n{\"quantity\":1}\r\n"),
        ("Transfer-Encoding: chunked\r\n", "e\r\n{\"quantity\":1}\r\nzz\r\n\r\n"),
    ])
    func `whose body does not come whole does nothing`(more: String, body: String) throws {
        let connection = try RawConnection(port: shop.port)
        connection.send(post(more, body))
        connection.endSending()
        #expect(!connection.receive().contains("HTTP/1.1 200"))
        #expect(try answer(to: get("/v1/stock/mug")).contains("unknown_stock"))
    }

    @Test func `with two lengths is refused`() throws {
        let both = try answer(
            to: post("Content-Length: 14\r\nTransfer-Encoding: chunked\r\n", #"{"quantity":1}"#))
        #expect(both.hasPrefix("HTTP/1.1 400"), "\(both)")
        let two = try answer(to: post("Content-Length: 14\r\nContent-Length: 15\r\n", #"{"quantity":1}"#))
        #expect(two.hasPrefix("HTTP/1.1 400"), "\(two)")
    }
}

/// What is refused by its head: a body that comes with it is not waited for, and the connection ends.
@Suite(.serialized) struct `A request that is refused by its head` {
    private let shop: ServedFile

    init() throws {
        shop = try ServedFile()
        try shop.serve()
    }

    private func head(_ more: String, host: String = "localhost") -> String {
        "POST /v1/stock/mug/receive HTTP/1.1\r\nHost: \(host)\r\nX-Request-Id: mine-7\r\n\(more)\r\n"
    }

    @Test func `ends its connection without the body, and its id comes back`() throws {
        let json = "Content-Type: application/json\r\nContent-Length: 14\r\n"
        for (text, code) in [
            (head(json), "unauthenticated"), (head(json + "Authorization: Bearer wb-a-b\r\n"), "unauthenticated"),
            (head(json, host: "evil.example"), "wrong_host"),
        ] {
            let connection = try RawConnection(port: shop.port)
            connection.send(text)
            // None of the body was sent: the server does not wait for it.
            let answer = connection.receive { $0.contains("\r\n\r\n") && $0.hasSuffix("}") }
            #expect(
                answer.contains("\"code\":\"\(code)\"") && answer.contains("\"request_id\":\"mine-7\""), "\(answer)")
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"), "\(answer)")
            #expect(answer.lowercased().contains("\r\nx-request-id: mine-7\r\n"), "\(answer)")
            connection.send(#"{"quantity":1}"# + "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(connection.receive().isEmpty, "nothing comes after it: the server hangs up")
        }
    }

    @Test func `keeps its connection when it has no body`() throws {
        let connection = try RawConnection(port: shop.port)
        for target in ["/v1/stock", "/healthz"] {
            connection.send("GET \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let answer = connection.receive { $0.contains("\r\n\r\n") && $0.hasSuffix("}") }
            #expect(answer.hasPrefix(target == "/healthz" ? "HTTP/1.1 200" : "HTTP/1.1 401"), "\(answer)")
        }
    }
}
