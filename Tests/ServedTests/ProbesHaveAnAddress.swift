import Foundation
import Testing

/// `serve --health`: what monitors ask, where nothing else is served.
@Suite(.serialized) struct `An address for probes` {
    private let shop: ServedFile

    init() throws { shop = try ServedFile() }

    /// The port that the server told.
    private func port() throws -> Int {
        let said = try #require(shop.said.firstMatch(of: /http:\/\/127\.0\.0\.1:(\d+) for probes/), "\(shop.said)")
        return try #require(Int(said.output.1))
    }

    private func ask(_ port: Int, _ target: String, host: String = "localhost", _ method: String = "GET") throws
        -> String
    {
        let connection = try RawConnection(port: port)
        connection.send("\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        return connection.receive()
    }

    @Test func `answers probes and metrics without a token, and nothing else`() throws {
        try shop.serve("--health", "127.0.0.1:0")
        let port = try port()
        #expect(port != shop.port)
        #expect(try ask(port, "/healthz").hasSuffix(#"{"alive":true}"#))
        #expect(try ask(port, "/readyz").contains(#""ready":true"#))
        let metrics = try ask(port, "/metrics")
        #expect(metrics.hasPrefix("HTTP/1.1 200") && metrics.contains("waybill_build_info{"), "\(metrics.prefix(300))")
        #expect(try ask(shop.port, "/metrics").hasPrefix("HTTP/1.1 401"))
        for target in ["/v1/orders", "/v1/health", "/version", "/openapi.json", "/problems/busy", "/"] {
            let answer = try ask(port, target)
            #expect(answer.hasPrefix("HTTP/1.1 404") && answer.contains("are all that is served here"), "\(answer)")
        }
        #expect(try ask(port, "/healthz", "POST").hasPrefix("HTTP/1.1 405"))
        // A machine is known to monitors by its number; a name that is not the server's is a page's trick.
        #expect(try ask(port, "/metrics", host: "10.1.2.3:9090").hasPrefix("HTTP/1.1 200"))
        #expect(try ask(port, "/metrics", host: "[fd00::7]:9090").hasPrefix("HTTP/1.1 200"))
        #expect(try ask(port, "/metrics", host: "evil.example").hasPrefix("HTTP/1.1 421"))
    }

    @Test func `answers when callers have all connections and all that may be in work, and has its own bound`() throws {
        try shop.serve("--open", "--health", "127.0.0.1:0", "--connections", "2", "--requests", "1", "--socket", "off")
        let port = try port()
        let holder = try RawConnection(port: shop.port)
        holder.send(
            "POST /v1/stock/mug/receive HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: 14\r\nExpect: 100-continue\r\n\r\n")
        #expect(holder.receive { $0.hasSuffix("\r\n\r\n") }.contains(" 100 "))
        #expect(try ask(shop.port, "/healthz").hasPrefix("HTTP/1.1 503"))
        #expect(try ask(port, "/metrics").hasPrefix("HTTP/1.1 200"))
        let get = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        var held: [RawConnection] = []
        for _ in 1...64 {
            let connection = try RawConnection(port: port)
            connection.send(get)
            #expect(connection.receive { $0.hasSuffix("}") }.hasPrefix("HTTP/1.1 200"))
            held.append(connection)
        }
        #expect(try ask(port, "/healthz").hasPrefix("HTTP/1.1 503"))
        withExtendedLifetime(held) {}
    }

    @Test func `tells that a server stops until it has stopped`() throws {
        try shop.serve("--open", "--health", "127.0.0.1:0", "--socket", "off")
        let port = try port()
        let connection = try RawConnection(port: port)
        let get = "GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        connection.send(get)
        #expect(connection.receive { $0.hasSuffix("}") }.hasPrefix("HTTP/1.1 200"))
        shop.signal(SIGTERM)
        // The signal and the question are seen by two threads.
        let deadline = Deadline(seconds: 10)
        var answer = ""
        while !answer.contains(#""reason":"stopping""#), !deadline.isOver {
            guard let probe = RawConnection(ifServedAt: port) else { break }
            probe.send(get)
            answer = probe.receive { $0.hasSuffix("}") }
        }
        #expect(answer.hasPrefix("HTTP/1.1 503") && answer.contains(#""reason":"stopping""#), "\(answer)")
        // A second signal would end it at once; this one only waits.
        #expect(shop.kill(0)?.status == 0)
    }

    @Test func `is one of which others make no use`() throws {
        let taken = try shop.run(
            "serve", "--db", shop.path, "--create", "--http", "127.0.0.1:7071", "--health", "127.0.0.1:7071")
        #expect(taken.status == 64 && taken.output.contains("--health names an address"), "\(taken)")
        let wrong = try shop.run("serve", "--db", shop.path, "--create", "--health", "nowhere")
        #expect(wrong.status == 64 && wrong.output.contains("--health"), "\(wrong)")
    }
}
