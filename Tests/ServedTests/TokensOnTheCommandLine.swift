import Foundation
import Testing

/// The command line of a user who has a token, and not the file.
@Suite struct `A token on the command line` {
    private func shop() throws -> ServedFile {
        let shop = try ServedFile()
        for words in [
            ["topic", "create", "news", "--type", "mixed"], ["group", "create", "desk"],
            ["message", "send", "news", "--body", "hello", "--key", "k-1"],
            ["message", "send", "news", "--body", "[1]\n", "--key", "k-2"],
        ] {
            let outcome = try shop.run(words + ["--db", shop.path])
            try #require(outcome.status == 0, "\(outcome.output)")
        }
        return shop
    }

    /// The options that ask a server with a token of these grants.
    private func options(_ shop: ServedFile, _ grants: String...) throws -> [String] {
        let made = try shop.run(
            ["token", "create", "--name", "t", "--reason", "a test", "--db", shop.path]
                + grants.flatMap { ["--grant", $0] })
        let file = shop.directory.appendingPathComponent("token").path
        try Data(made.output.utf8).write(to: URL(fileURLWithPath: file))
        return ["--server", "http://127.0.0.1:\(shop.port)", "--token-file", file]
    }

    @Test func `of a consumer receives, answers by receipt, and sees nothing else`() throws {
        let shop = try shop()
        try shop.serve()
        let options = try options(shop, "consumer:desk")
        let received = try shop.run(
            ["message", "receive", "desk", "news", "--receipts", "--json", "--invisible", "1h"] + options)
        let receipts = received.output.matches(of: #/"receipt":"(desk:\w+)"/#).map { String($0.1) }
        try #require(receipts.count == 2, "\(received.output)")
        #expect(received.output.contains(#""body":"[1]\n""#), "\(received.output)")
        let answered = try shop.run(["message", "ack"] + receipts + options)
        #expect(answered.status == 0, "\(answered.output)")
        let again = try shop.run(["message", "fail", receipts[0], "--json"] + options)
        #expect(again.status == 1 && again.output.contains("stale_receipt"), "\(again.output)")
        let other = try shop.run(["message", "receive", "other", "news"] + options)
        #expect(other.status == 1 && other.output.contains("forbidden"), "\(other.output)")
    }

    @Test func `of a viewer shows how large a body is, and not what it says`() throws {
        let shop = try shop()
        try shop.serve()
        let viewer = try options(shop, "viewer")
        let shown = try shop.run(["message", "find", "--key", "k-1", "--json"] + viewer)
        #expect(shown.output.contains(#""body_bytes":5"#) && !shown.output.contains("hello"), "\(shown.output)")
        let words = try shop.run(["message", "find", "--key", "k-1"] + viewer)
        #expect(words.output.contains("5 bytes") && !words.output.contains("hello"), "\(words.output)")
        let reader = try options(shop, "viewer", "payload")
        #expect(try shop.run(["message", "find", "--key", "k-1", "--json"] + reader).output.contains("hello"))
    }

    @Test func `of an operator takes a message back when it says why`() throws {
        let shop = try shop()
        let sent = try shop.run(
            ["message", "send", "news", "--body", "x", "--delay", "1h", "--json", "--db", shop.path])
        let handle = try #require(sent.output.firstMatch(of: #/"recall_handle":"(\w+)"/#), "\(sent.output)").1
        try shop.serve()
        let options = try options(shop, "operator")
        let recall = ["message", "recall", "news", String(handle)]
        let refused = try shop.run(recall + options)
        #expect(refused.status != 0 && refused.output.contains("reason"), "\(refused.output)")
        let done = try shop.run(recall + ["--reason", "a mistake"] + options)
        #expect(done.status == 0, "\(done.output)")
    }

    @Test func `hears of a server that has stopped by status 75`() throws {
        let stopped = Process()
        let output = Pipe()
        stopped.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        stopped.arguments = ["-c", Self.stoppedServer]
        stopped.standardOutput = output
        try stopped.run()
        defer { kill(stopped.processIdentifier, SIGKILL) }
        let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .newlines)
        let outcome = try ServedFile().run(
            ["stock", "receive", "mug", "1", "--server", "http://127.0.0.1:\(port)", "--json"])
        #expect(outcome.status == 75 && outcome.output.contains("fail_stopped"), "\(outcome)")
    }

    /// Answers every request as a server does whose commit has failed.
    private static let stoppedServer = """
        import http.server
        class Stopped(http.server.BaseHTTPRequestHandler):
            def answer(self):
                self.rfile.read(int(self.headers.get("content-length") or 0))
                body = b'{"code":"fail_stopped","detail":"an earlier commit failed","status":503}'
                self.send_response(503)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            do_GET = do_POST = answer
            def log_message(self, *words):
                pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Stopped)
        print(server.server_port, flush=True)
        server.serve_forever()
        """
}
