import Foundation
import Testing

/// What was taken for a client that has closed its connection meanwhile.
@Suite(.serialized) struct `A client that goes before its answer` {
    private func request(_ target: String, _ body: String, key: String? = nil) -> String {
        let key = key.map { "Idempotency-Key: \($0)\r\n" } ?? ""
        return "\(target) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\(key)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func answer(_ port: Int, _ target: String, _ body: String, key: String? = nil) throws -> String {
        let connection = try RawConnection(port: port)
        connection.send(request(target, body, key: key))
        return connection.receive { $0.contains("\r\n\r\n") && $0.hasSuffix("}") }
    }

    @Test func `has its messages given to the next one, with no attempt used`() throws {
        let shop = try ServedFile()
        try shop.serve("--open", "--socket", "off")
        let made = try answer(shop.port, "PUT /v1/topics/ledger", #"{"reason":"a test"}"#)
        try #require(made.hasPrefix("HTTP/1.1 201"), "\(made)")
        let receive = #"{"topic":"ledger","client":"c","wait_ms":"#
        try #require(try answer(shop.port, "POST /v1/groups/readers/receive", receive + "0}").contains(#""items":[]"#))
        // Now and then the answer is there before the end of the connection is seen: then it is the client's.
        for number in 1...50 {
            let message = "{\"id\":\"m-\(number)\",\"data\":\(number)}"
            try #require(
                try answer(shop.port, "POST /v1/topics/ledger/messages", message, key: "k-\(number)").contains("201"))
            let connection = try RawConnection(port: shop.port)
            connection.send(request("POST /v1/groups/readers/receive", receive + "0}"))
            connection.endSending()
            guard !connection.receive().contains("m-\(number)") else { continue }
            let found = try answer(shop.port, "POST /v1/groups/readers/receive", receive + "10000}")
            #expect(found.contains("\"m-\(number)\"") && found.contains(#""attempt":1"#), "\(found)")
            return
        }
        Issue.record("no end of a connection was seen in time")
    }
}
