import Foundation
import Testing

/// Clients that take all they can get, and one that only wants to shop.
@Suite(.serialized) struct `Connections of a server` {
    private let shop: ServedFile

    init() throws { shop = try ServedFile() }

    private func get(_ target: String, _ more: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(more)\r\n"
    }

    private func answer(_ connection: RawConnection, _ text: String) -> String {
        connection.send(text)
        return connection.receive { $0.contains("\r\n\r\n") && $0.hasSuffix("}") }
    }

    /// The header with the token of one caller.
    private func credential(_ number: Int) throws -> String {
        let made = try shop.curl(
            "-H", "Content-Type: application/json", "-d",
            #"{"name":"caller \#(number)","grants":["viewer"],"reason":"a test"}"#, "http://waybill/v1/tokens")
        let token = made.output.components(separatedBy: #""token":""#).last?.prefix { $0 != "\"" }
        return "Authorization: Bearer \(try #require(token))\r\n"
    }

    /// A connection that has been answered, and is open.
    private func used(_ more: String = "") throws -> (RawConnection, String) {
        let connection = try RawConnection(port: shop.port)
        return (connection, answer(connection, get("/healthz", more)))
    }

    @Test func `are as many as may be, in all and of one caller, and one beyond hears why`() throws {
        try shop.serve("--open", "--connections", "8")
        var open: [RawConnection] = []
        for _ in 1...4 {
            let (connection, text) = try used()
            #expect(text.hasPrefix("HTTP/1.1 200"))
            open.append(connection)
        }
        let (fifth, refused) = try used()
        #expect(refused.hasPrefix("HTTP/1.1 503") && refused.contains(#""code":"overloaded""#), "\(refused)")
        #expect(refused.contains(#""limit":"connections of one caller","max":4"#), "\(refused)")
        #expect(refused.lowercased().contains("\r\nretry-after: 5\r\n"), "\(refused)")
        #expect(fifth.receive().isEmpty, "the server hangs up")
        #expect(try used("Authorization: Bearer wrong\r\n").1.hasPrefix("HTTP/1.1 503"), "as one without a token")
        for number in 1...4 {
            let (connection, text) = try used(credential(number))
            #expect(text.hasPrefix("HTTP/1.1 200"), "\(text)")
            open.append(connection)
        }
        let (ninth, full) = try used(credential(9))
        #expect(full.hasPrefix("HTTP/1.1 503") && full.contains(#""limit":"connections","max":8"#), "\(full)")
        #expect(ninth.receive().isEmpty, "the server hangs up")
        // Those that are open go on, the owner is let in, and one that ends makes room.
        #expect(answer(open[0], get("/healthz")).hasPrefix("HTTP/1.1 200"))
        #expect(try shop.curl("http://waybill/healthz").output.contains("alive"))
        open[7].endSending()
        #expect(open[7].receive().isEmpty)
        let tenth = try credential(10)
        // The end of a connection and the next one are seen by two loops of the server.
        let deadline = Deadline(seconds: 10)
        var again = ""
        while !again.hasPrefix("HTTP/1.1 200"), !deadline.isOver {
            again = try used(tenth).1
        }
        #expect(again.hasPrefix("HTTP/1.1 200"), "\(again)")
    }

    @Test func `with TLS are counted too, and one beyond hears why over both versions of HTTP`() throws {
        let pair = ServedCertificate(of: shop)
        try pair.put("one")
        try shop.serve(["--open", "--connections", "2", "--socket", "off"] + pair.flags)
        let stream = try RunningProgram(
            "/usr/bin/curl",
            [
                "-sSN", "--http2", "--cacert", ServedCertificate.path(of: "one"),
                "https://localhost:\(shop.port)/v1/events/stream?after=e0",
            ])
        stream.read { $0.contains("retry") }
        for version in ["--http2", "--http1.1"] {
            let refused = try shop.secure(
                trusting: "one", "/healthz", [version, "-w", " %{http_code} %{http_version}"])
            #expect(refused.output.contains("connections of one caller"), "\(refused)")
            #expect(refused.output.hasSuffix(version == "--http2" ? " 503 2" : " 503 1.1"), "\(refused)")
        }
        stream.end()
    }

    @Test func `have as many streams as may be, in all and of one caller`() throws {
        try shop.serve("--open", "--streams", "4", "--socket", "off")
        let streams = try (1...2).map { _ in try shop.follow("/v1/events/stream?after=e0") }
        for stream in streams { #expect(stream.receive { $0.contains("retry") }.contains(" 200 ")) }
        let third = try shop.follow("/v1/events/stream?after=e0")
        let refused = third.receive { $0.contains("\r\n\r\n") && $0.hasSuffix("}") }
        #expect(refused.hasPrefix("HTTP/1.1 503") && refused.contains(#""max":2"#), "\(refused)")
    }

    @Test func `have as many streams as may be of all callers together`() throws {
        try shop.serve("--streams", "4")
        let tokens = try (1...2).map { try credential($0) }
        let streams = try [0, 0, 1, 1].map { caller in
            let connection = try RawConnection(port: shop.port)
            connection.send(get("/v1/events/stream?after=e0", tokens[caller]))
            #expect(connection.receive { $0.contains("retry") }.contains(" 200 "))
            return connection
        }
        let fifth = try RawConnection(port: shop.port)
        let refused = answer(fifth, get("/v1/events/stream?after=e0", try credential(3)))
        #expect(refused.hasPrefix("HTTP/1.1 503") && refused.contains(#""max":4"#), "\(refused)")
        withExtendedLifetime(streams) {}
    }

    @Test func `have as many receives that wait as may be, and one beyond hears why`() throws {
        try shop.serve("--open", "--long-polls", "2")
        for (method, target) in [("PUT", "/v1/topics/ledger"), ("PUT", "/v1/groups/shipping")] {
            let made = try shop.curl(
                "-X", method, "-H", "Content-Type: application/json", "-d", #"{"reason":"a test"}"#,
                "http://waybill\(target)")
            try #require(made.output.contains("ledger") || made.output.contains("shipping"), "\(made)")
        }
        let body = #"{"topic":"ledger","max":1,"wait_ms":20000,"client":"c"}"#
        let receive =
            "POST /v1/groups/shipping/receive HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(body.utf8.count)\r\n"
        let waiting = try (1...2).map { _ in
            let connection = try RawConnection(port: shop.port)
            // Its head has its place when the server asks for the body.
            connection.send(receive + "Expect: 100-continue\r\n\r\n")
            #expect(connection.receive { $0.hasSuffix("\r\n\r\n") }.contains(" 100 "))
            connection.send(body)
            return connection
        }
        let third = try RawConnection(port: shop.port)
        let refused = answer(third, receive + "\r\n" + body)
        #expect(refused.hasPrefix("HTTP/1.1 503") && refused.contains(#""limit":"long polls","max":2"#), "\(refused)")
        let other = try RawConnection(port: shop.port)
        #expect(answer(other, get("/healthz")).hasPrefix("HTTP/1.1 200"), "what does not wait goes on")
        withExtendedLifetime(waiting) {}
        shop.kill(SIGKILL)
    }

    @Test func `carry two thousand idle streams beside one who shops`() throws {
        var files = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        files.rlim_cur = files.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files)
        try #require(files.rlim_cur >= 2_500, "this machine lets a process have \(files.rlim_cur) files open")
        try shop.serve("--open", "--socket", "off")
        let before = try shop.residentBytes()
        let streams = try (1...2_000).map { _ in try shop.follow("/v1/events/stream") }
        for stream in streams { #expect(stream.receive { $0.contains("retry") }.contains(" 200 ")) }
        let each = (try shop.residentBytes() - before) / streams.count
        #expect(each < 96 * 1_024, "an idle stream has \(each) bytes")
        let honest = try RawConnection(port: shop.port)
        for number in 1...100 {
            let target = number.isMultiple(of: 2) ? "/version" : "/healthz"
            #expect(answer(honest, get(target)).hasPrefix("HTTP/1.1 200"))
        }
        let received = try shop.post("/v1/stock/mug/receive", key: "first", #"{"quantity":7}"#)
        #expect(received.hasSuffix("200"), "\(received)")
        for stream in streams { #expect(stream.receive { $0.contains("id: e1\n") }.contains("id: e1\n")) }
    }

    @Test func `whose bodies do not come are requests in work, and one too many is refused by its head`() throws {
        try shop.serve("--open", "--requests", "2", "--socket", "off")
        let post = "POST /v1/stock/mug/receive HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        let waiting = try (1...2).map { _ in
            let connection = try RawConnection(port: shop.port)
            connection.send(post + "Content-Length: 14\r\nExpect: 100-continue\r\n\r\n")
            #expect(connection.receive { $0.hasSuffix("\r\n\r\n") }.contains(" 100 "))
            return connection
        }
        let third = try RawConnection(port: shop.port)
        let refused = answer(third, post + "Content-Length: 14\r\n\r\n")
        #expect(refused.hasPrefix("HTTP/1.1 429") && refused.contains(#""max":2"#), "\(refused)")
        #expect(answer(waiting[0], #"{"quantity":1}"#).contains(#""free":1"#))
        // On the same connection: there the next request is looked at when the one before has left its place.
        #expect(answer(waiting[0], get("/v1/stock/mug")).hasPrefix("HTTP/1.1 200"))
    }

    /// Clients that hold what they get, each in its own way.
    private func attackers(_ count: Int) throws -> [RawConnection] {
        let long = String(repeating: " ", count: 100)
        return try (0..<count).map { number in
            let connection = try RawConnection(port: shop.port)
            switch number % 5 {
            // Half a head, half a body, streams and answers that nobody reads, requests without a wait.
            case 0: connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            case 1:
                connection.send(
                    "POST /v1/stock/mug/receive HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 200000\r\n\r\n\(long)")
            case 2: connection.send(get("/v1/events/stream?after=e0"))
            case 3:
                connection.holdLittle()
                connection.send(String(repeating: get("/openapi.json"), count: 4))
            default: connection.send(String(repeating: get("/version"), count: 200))
            }
            return connection
        }
    }

    /// How long the slowest but one of a hundred answers took.
    private func slowest(_ honest: RawConnection) -> Double {
        var took: [Double] = []
        for number in 1...100 {
            let began = Deadline(seconds: 0)
            let text = answer(honest, get(number.isMultiple(of: 2) ? "/v1/stock/mug" : "/healthz"))
            guard text.hasPrefix("HTTP/1.1 200") else {
                Issue.record("request \(number) of an honest client: \(text)")
                break
            }
            took.append(began.secondsOver)
        }
        return took.sorted().suffix(2).first ?? 0
    }

    @Test func `that are held by slow clients make the slowest answers of one who shops hardly slower`() throws {
        // What else the machine does at a time meets both: they are asked in turn, and the best round of each counts.
        let quiet = try ServedFile()
        for one in [shop, quiet] {
            try one.serve("--open", "--socket", "off")
            let received = try one.post("/v1/stock/mug/receive", key: "first", #"{"quantity":1000000}"#)
            try #require(received.hasSuffix("200"), "\(received)")
        }
        let (beside, alone) = (try RawConnection(port: shop.port), try RawConnection(port: quiet.port))
        let held = try attackers(400)
        var (best, usual) = (Double.infinity, Double.infinity)
        for _ in 1...16 {
            best = min(best, slowest(beside))
            usual = min(usual, slowest(alone))
        }
        // Twice, and half as much again for chance.
        #expect(best <= 3 * usual, "alone \(usual) s, beside them \(best) s")
        withExtendedLifetime(held) {}
        shop.kill(SIGKILL)
    }

    @Test func `that are held by slow clients take nothing from one who shops`() throws {
        try shop.serve("--open", "--socket", "off")
        let received = try shop.post("/v1/stock/mug/receive", key: "first", #"{"quantity":1000000}"#)
        try #require(received.hasSuffix("200"), "\(received)")
        let held = try attackers(400)
        let before = try shop.residentBytes()
        let honest = try RawConnection(port: shop.port)
        for number in 1...300 {
            let target = number.isMultiple(of: 2) ? "/v1/stock/mug" : "/healthz"
            let text = answer(honest, get(target))
            guard text.hasPrefix("HTTP/1.1 200") else {
                Issue.record("request \(number) of an honest client: \(text)")
                break
            }
        }
        let growth = try shop.residentBytes() - before
        #expect(growth < 64 << 20, "memory grew by \(growth) bytes")
        withExtendedLifetime(held) {}
        shop.kill(SIGKILL)
    }
}
