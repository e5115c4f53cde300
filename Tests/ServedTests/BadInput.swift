import Foundation
import Testing

/// Bytes that come from programs which want to be misunderstood.
@Suite(.serialized) struct `A request that means two things` {
    private let shop: ServedFile

    init() throws {
        shop = try ServedFile()
        try shop.serve("--open", "--socket", "off")
    }

    private static let body = #"{"quantity":1}"#

    private static func post(_ headers: String, _ body: String = body) -> String {
        "POST /v1/stock/mug/receive HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "\(headers)\r\n\(body)"
    }

    /// What a proxy and a server may take for the ends of different requests, or for other names and paths.
    private static let unclear: [(String, String)] = [
        (
            "a length and chunks",
            post("Content-Length: 14\r\nTransfer-Encoding: chunked\r\n", "e\r\n\(body)\r\n0\r\n\r\n")
        ),
        (
            "chunks and a length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 14\r\n", "e\r\n\(body)\r\n0\r\n\r\n")
        ),
        ("two lengths", post("Content-Length: 14\r\nContent-Length: 2\r\n")),
        ("a list of lengths", post("Content-Length: 14, 14\r\n")),
        ("a length with a sign", post("Content-Length: +14\r\n")),
        ("a length below nothing", post("Content-Length: -1\r\n")),
        ("a length beyond all numbers", post("Content-Length: 99999999999999999999\r\n")),
        ("a length in another base", post("Content-Length: 0x0e\r\n")),
        ("chunks under another name", post("Transfer-Encoding: xchunked\r\n", "e\r\n\(body)\r\n0\r\n\r\n")),
        ("chunks that are compressed", post("Transfer-Encoding: gzip, chunked\r\n", "e\r\n\(body)\r\n0\r\n\r\n")),
        ("chunks twice", post("Transfer-Encoding: chunked, chunked\r\n", "e\r\n\(body)\r\n0\r\n\r\n")),
        ("a blank before the colon", post("Content-Length : 14\r\n")),
        ("a chunk below nothing", post("Transfer-Encoding: chunked\r\n", "-e\r\n\(body)\r\n0\r\n\r\n")),
        ("a chunk beyond all numbers", post("Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\n\(body)\r\n")),
        ("a field over two lines", post("X-A: 1\r\n Content-Length: 14\r\n")),
        ("a field without a name", post(": 1\r\nContent-Length: 14\r\n")),
        ("a zero in a field", post("X-A: 1\u{0}2\r\nContent-Length: 14\r\n")),
        ("a lone return in a field", post("X-A: 1\rX-B: 2\r\nContent-Length: 14\r\n")),
        ("a host with a path", "GET /healthz HTTP/1.1\r\nHost: localhost/evil\r\n\r\n"),
        ("another version", "GET /healthz HTTP/3.7\r\nHost: localhost\r\n\r\n"),
        ("a path up", "GET /v1/../v1/stock HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("a zero in the path", "GET /v1/orders/a%00b HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("a letter in too many bytes", "GET /v1/orders/%c0%af HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("half a letter", "GET /v1/orders/%e2%82 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("no hex", "GET /v1/orders/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ("compressed data", post("Content-Encoding: gzip\r\nContent-Length: 14\r\n")),
        (
            "a method in a field",
            "GET /v1/stock/mug HTTP/1.1\r\nHost: localhost\r\nX-HTTP-Method-Override: DELETE\r\n\r\n"
        ),
    ]

    @Test func `is refused, changes nothing, and no other request is seen behind it`() throws {
        for (name, text) in Self.unclear {
            let connection = try RawConnection(port: shop.port)
            connection.send(text)
            connection.endSending()
            let answer = connection.receive()
            let statuses = answer.matches(of: /HTTP\/1.1 (\d)\d\d/).compactMap { Int($0.1) }
            #expect(statuses.count <= 1 && statuses.allSatisfy { $0 == 4 }, "\(name): \(answer)")
        }
        let stock = try RawConnection(port: shop.port)
        stock.send("GET /v1/stock/mug HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(stock.receive().contains("unknown_stock"))
    }

    @Test func `does not put header fields of its own into an answer`() throws {
        for text in [
            "GET /v1/orders/a%0d%0aSet-Cookie:%20x=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: a%0d%0aSet-Cookie: x=1\r\n"
                + "Connection: close\r\n\r\n",
            "GET /v1/orders?cursor=%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        ] {
            let connection = try RawConnection(port: shop.port)
            connection.send(text)
            let head = connection.receive().components(separatedBy: "\r\n\r\n")[0]
            #expect(head.hasPrefix("HTTP/1.1 ") && !head.lowercased().contains("\r\nset-cookie"), "\(head)")
        }
    }

    @Test func `with a million header fields is refused long before they have come`() throws {
        let connection = try RawConnection(port: shop.port)
        connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n")
        var sent = 0
        while sent < 1_000_000, connection.send(String(repeating: "X-A: 1\r\n", count: 1_000)) { sent += 1_000 }
        #expect(sent < 1_000_000)
        #expect(try shop.memoryPeak() < 256 * 1_024)
    }
}
