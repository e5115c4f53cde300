import Foundation
import Testing

/// Requests that lead nowhere: their bodies are not read, however long they are.
@Suite(.serialized) struct `A request that leads nowhere` {
    private let shop: ServedFile

    init() throws {
        shop = try ServedFile()
        try shop.serve("--open", "--socket", "off")
    }

    private static let json = "Content-Type: application/json\r\n"

    @Test(arguments: [
        ("POST /nothing", "", "404"), ("DELETE /v1/orders", "", "405"), ("POST /v1/orders", "", "400"),
        ("PUT /v1/topics/t?nothing=1", "", "400"), ("PUT /v1/topics/t", "Waybill-Not-After-Ms: soon\r\n", "400"),
        ("OPTIONS /v1/orders", "", "204"), ("DELETE /v1/topics/t", "", "413"),
    ])
    func `ends its connection when it has a body`(request: String, header: String, status: String) throws {
        for length in ["Content-Length: 200000\r\n", "Transfer-Encoding: chunked\r\n"] {
            // Only by its length a body is too long before it comes.
            if status == "413", length.hasPrefix("T") { continue }
            let connection = try RawConnection(port: shop.port)
            connection.send("\(request) HTTP/1.1\r\nHost: localhost\r\n\(Self.json)\(header)\(length)\r\n")
            let answer = connection.receive { $0.contains("\r\n\r\n") && ($0.hasSuffix("}") || status == "204") }
            #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"), "\(request) \(length) \(answer)")
        }
    }

    @Test func `keeps its connection when it has none`() throws {
        let connection = try RawConnection(port: shop.port)
        for (request, status) in [("GET /nothing", "404"), ("POST /v1/orders", "400"), ("GET /healthz", "200")] {
            connection.send("\(request) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let answer = connection.receive { $0.contains("\r\n\r\n") && $0.hasSuffix("}") }
            #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(answer)")
        }
    }

    private func answer(to text: String) throws -> String {
        let connection = try RawConnection(port: shop.port)
        connection.send(text)
        return connection.receive { $0.contains("\r\n\r\n") && ($0.hasSuffix("}") || $0.hasPrefix("HTTP/1.1 204")) }
    }

    @Test func `names its host twice, or not at all`() throws {
        let twice = try answer(to: "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n")
        #expect(twice.hasPrefix("HTTP/1.1 400") && twice.contains("more than once"), "\(twice)")
        let never = try answer(to: "GET /healthz HTTP/1.1\r\n\r\n")
        #expect(never.hasPrefix("HTTP/1.1 400") && never.contains("Host is missing"), "\(never)")
    }

    @Test(arguments: ["Close", "CLOSE", "keep-alive, Close"])
    func `asks in any letters for the end of its connection`(word: String) throws {
        let answer = try answer(to: "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: \(word)\r\n\r\n")
        #expect(answer.lowercased().contains("\r\nconnection: close\r\n"), "\(answer)")
    }

    @Test func `asks which methods there are, which is no refusal`() throws {
        for target in ["*", "/v1/orders"] {
            let answer = try answer(to: "OPTIONS \(target) HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 204") && answer.lowercased().contains("\r\nallow: "), "\(answer)")
            #expect(!answer.lowercased().contains("\r\ncontent-type:"), "\(answer)")
        }
        let metrics = try answer(to: "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(!metrics.contains("method_not_allowed"), "\(metrics)")
    }
}

/// A server that asks for no token is reached by any page that a browser of its machine shows.
@Suite(.serialized) struct `A page of another site` {
    private let shop: ServedFile

    init() throws { shop = try ServedFile() }

    private func ask(_ request: String, _ headers: String, _ body: String) throws -> String {
        let connection = try RawConnection(port: shop.port)
        let host = "Host: 127.0.0.1:\(shop.port)\r\n"
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        connection.send("\(request) HTTP/1.1\r\n\(host)\(headers)\(length)\r\n\(body)")
        return connection.receive { $0.contains("\r\n\r\n") && $0.hasSuffix("}") }
    }

    @Test func `changes nothing, and a page of this one may`() throws {
        try shop.serve("--open", "--socket", "off")
        let body = #"{"name":"eve","grants":["admin"],"reason":"a test"}"#
        let json = "Content-Type: application/json\r\n"
        for (headers, status) in [
            ("Sec-Fetch-Site: cross-site\r\n", 403), ("Sec-Fetch-Site: same-site\r\n", 403),
            ("Origin: https://evil.example\r\n", 403), ("Origin: null\r\n", 403),
            ("Origin: http://127.0.0.1:1\r\n", 403), ("Origin: http://127.0.0.1:\(shop.port)\r\n", 201),
            ("Sec-Fetch-Site: same-origin\r\n", 201), ("Sec-Fetch-Site: none\r\n", 201), ("", 201),
        ] {
            let answer = try ask("POST /v1/tokens", json + headers, body)
            #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(headers)\(answer)")
            let bodiless = try cancel(headers)
            let isKeptOut = bodiless.hasPrefix("HTTP/1.1 403")
            #expect(isKeptOut == (status == 403) && bodiless.hasPrefix("HTTP/1.1 4"), "\(headers)\(bodiless)")
            for request in ["PUT /v1/topics/news", "DELETE /v1/topics/none?reason=x"] {
                let changed = try ask(request, json + headers, request.hasPrefix("PUT") ? #"{"reason":"a test"}"# : "")
                #expect(changed.hasPrefix("HTTP/1.1 403") == (status == 403), "\(request) \(headers)\(changed)")
            }
        }
        let untyped = try ask("POST /v1/tokens", "", body)
        #expect(untyped.hasPrefix("HTTP/1.1 415"), "\(untyped)")
        let read = try ask("GET /v1/stock", "Sec-Fetch-Site: cross-site\r\nOrigin: https://evil.example\r\n", "")
        #expect(read.hasPrefix("HTTP/1.1 200") && !read.lowercased().contains("access-control"), "\(read)")
    }

    /// A change without a body, which needs no type.
    private func cancel(_ headers: String) throws -> String {
        try ask("POST /v1/orders/none/timeouts/pay_due/cancel", headers, "")
    }

    @Test func `is told as others are that a token is needed, and probes are not`() throws {
        try shop.serve()
        let needed = try ask("POST /v1/stock/mug/receive", "Sec-Fetch-Site: cross-site\r\n", "")
        #expect(needed.hasPrefix("HTTP/1.1 401"), "\(needed)")
        for path in ["/healthz", "/readyz", "/version"] {
            let probe = try ask("GET \(path)", "Authorization: Basic YTpi\r\n", "")
            #expect(probe.hasPrefix("HTTP/1.1 200"), "\(probe)")
        }
    }
}
