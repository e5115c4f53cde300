import Foundation
import Testing

/// What a client sees of a server that is told to stop.
@Suite(.serialized) struct `A server that stops` {
    @Test func `answers every request and every waiting receive, and resets no connection`() throws {
        let shop = try ServedFile()
        try shop.serve("--open", "--socket", "off")
        let received = try shop.post("/v1/stock/mug/receive", key: "first", #"{"quantity":1000000}"#)
        try #require(received.hasSuffix("200"), "\(received)")
        try #require(try shop.put("/v1/topics/quiet").hasSuffix("201"))
        let waiting = try (1...8).map { try shop.receiving("c-\($0)") }
        let shoppers = try Shoppers(port: shop.port, clients: `A served shop`.clients, seed: 1)
        try #require(shoppers.wait(forAnswers: 500))
        for receive in waiting { #expect(receive.process.isRunning, "it waits") }
        let deadline = Deadline(seconds: 10)
        let end = try #require(shop.kill(SIGTERM))
        #expect(end.reason == .exit && end.status == 0)
        #expect(!deadline.isOver)
        for receive in waiting { #expect(receive.answer().hasPrefix(#"{"items":[],"#)) }
        try shop.serve("--open", "--socket", "off")
        let history = try shoppers.history()
        #expect(history.unanswered == 0)
        #expect(history.toldToWait > 0)
        shop.kill(SIGTERM)
        #expect(try shop.faults(of: history) == [])
    }

    @Test func `ends at once at a second signal`() throws {
        let shop = try ServedFile()
        try shop.serve("--open", "--socket", "off")
        // A body that does not come holds the server for ten seconds.
        let (slow, late) = (try RawConnection(port: shop.port), try RawConnection(port: shop.port))
        for (connection, length) in [(slow, 100), (late, 14)] {
            connection.send(
                """
                POST /v1/stock/mug/receive HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: \(length)\r\nExpect: 100-continue\r\n\r\n
                """)
            try #require(connection.receive { $0.hasSuffix("\r\n\r\n") }.contains(" 100 "))
        }
        let deadline = Deadline(seconds: 5)
        shop.signal(SIGTERM)
        while try shop.readiness() == 200 {}
        late.send(#"{"quantity":1}"#)
        let told = late.receive { $0.hasSuffix("}") }
        #expect(told.hasPrefix("HTTP/1.1 503") && told.contains(#""code":"shutting_down""#), "\(told)")
        #expect(told.lowercased().contains("\r\nconnection: close\r\n"), "its client goes before the server does")
        let end = try #require(shop.kill(SIGTERM))
        #expect(end.reason == .uncaughtSignal && end.status == SIGTERM)
        #expect(!deadline.isOver)
        #expect(try shop.run("verify", shop.path).status == 0)
    }
}

extension ServedFile {
    fileprivate func put(_ path: String) throws -> String {
        try start(
            "/usr/bin/curl",
            [
                "-sS", "-w", "%{http_code}", "-X", "PUT", "-H", "Content-Type: application/json", "-d",
                #"{"reason":"a test"}"#,
                "http://127.0.0.1:\(port)\(path)",
            ]
        ).output
    }

    /// The status of `/readyz`; 0 when the server no longer listens.
    fileprivate func readiness() throws -> Int {
        let arguments = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(port)/readyz"]
        return Int(try start("/usr/bin/curl", arguments).output) ?? 0
    }

    /// A receive that waits for 20 s.
    fileprivate func receiving(_ client: String) throws -> Receiving {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        process.arguments = [
            "-sS", "-H", "Content-Type: application/json", "-d",
            #"{"topic":"quiet","client":"\#(client)","wait_ms":20000}"#,
            "http://127.0.0.1:\(port)/v1/groups/waiters/receive",
        ]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return Receiving(process: process, output: output)
    }
}

/// A receive that is on its way.
private struct Receiving {
    let process: Process
    let output: Pipe

    func answer() -> String {
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
