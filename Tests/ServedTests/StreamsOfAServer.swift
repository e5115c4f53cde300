import Foundation
import Testing

/// What a client of streams meets: heads, the end of a server, its own slowness.
@Suite(.serialized) struct `Streams of a server` {
    private func shop() throws -> ServedFile {
        let shop = try ServedFile()
        try shop.serve("--open", "--socket", "off")
        let received = try shop.post("/v1/stock/mug/receive", key: "first", #"{"quantity":1000000}"#)
        try #require(received.hasSuffix("200"), "\(received)")
        return shop
    }

    @Test func `are told to no one who only asks for the head, and begin with how to come again`() throws {
        let shop = try shop()
        let answer = try shop.answer("/v1/events/stream?after=e0") { answer, _ in answer.events == ["e1"] }
        let head = answer.head.lowercased()
        #expect(head.hasPrefix("http/1.1 200"))
        for field in ["content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no"] {
            #expect(head.contains(field), "\(head)")
        }
        let raw = try shop.follow("/v1/events/stream?after=e0")
        let text = raw.receive { $0.contains("event: event") }
        #expect(text.contains(": waybill\nretry: 2000\n\n"))
        let asked = try RawConnection(port: shop.port)
        asked.send("HEAD /v1/events/stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(asked.receive().lowercased().contains("text/event-stream"))
    }

    @Test func `end with a farewell when the server stops, which stops in time`() throws {
        let shop = try shop()
        let streams = try (1...20).map { _ in try shop.follow("/v1/events/stream?after=e0") }
        for stream in streams { _ = stream.receive { $0.contains("event: event") } }
        let deadline = Deadline(seconds: 8)
        let end = try #require(shop.kill(SIGTERM))
        #expect(end.reason == .exit && end.status == 0 && !deadline.isOver)
        for stream in streams { #expect(stream.receive().contains("event: bye")) }
    }

    @Test func `cost no memory when their clients read nothing`() throws {
        let shop = try shop()
        let before = try shop.residentBytes()
        let first = try growth(of: shop, seed: 21, from: before)
        let streams = try (1...40).map { _ in
            let stream = try shop.follow("/v1/events/stream?after=e1")
            stream.holdLittle()
            return stream
        }
        let second = try growth(of: shop, seed: 22, from: try shop.residentBytes())
        #expect(second - first < 40 << 20, "\(first) bytes without, \(second) with")
        withExtendedLifetime(streams) {}
        shop.kill(SIGKILL)
    }

    /// By how much the server grows while as many requests are answered.
    private func growth(of shop: ServedFile, seed: Int, from before: Int) throws -> Int {
        let shoppers = try Shoppers(port: shop.port, clients: 8, seed: seed)
        try #require(shoppers.wait(forAnswers: 2_000))
        let after = try shop.residentBytes()
        _ = try shoppers.history()
        return after - before
    }

    @Test func `end within five seconds when their token is revoked`() throws {
        let shop = try ServedFile()
        try shop.serve()
        let made = try shop.run(
            "token", "create", "--name", "web", "--grant", "viewer", "--db", shop.path, "--reason", "a test", "--json")
        let token = try #require(made.output.firstMatch(of: /wb-[a-z0-9]+-[a-z0-9]+/).map { String($0.0) }, "\(made)")
        let id = try #require(token.split(separator: "-").dropFirst().first.map { String($0) })
        let stream = try RawConnection(port: shop.port)
        stream.send(
            "GET /v1/events/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\r\n")
        #expect(stream.receive { $0.contains("retry: 2000\n\n") }.contains(" 200 "))
        let deadline = Deadline(seconds: 5)
        let revoked = try shop.run("token", "revoke", id, "--db", shop.path, "--reason", "a test")
        try #require(revoked.status == 0, "\(revoked)")
        // The end of the chunks: the answer is whole.
        #expect(stream.receive { $0.hasSuffix("0\r\n\r\n") }.hasSuffix("0\r\n\r\n"))
        #expect(!deadline.isOver)
    }
}
