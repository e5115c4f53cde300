import Foundation
import Testing

/// Standard error is a pipe that no program reads, or a terminal that was stopped.
@Suite(.serialized) struct `A log that is not read` {
    @Test(arguments: ["text", "json"]) func `stops neither requests nor the end of the server`(form: String) throws {
        let shop = try ServedFile()
        let unread = Pipe()
        shop.errors = unread.fileHandleForWriting
        try shop.serve("--log-level", "info", "--log-format", form, "--socket", "off")
        // Each is a line, and the pipe has room for some hundreds of them.
        for _ in 1...4 {
            let connection = try RawConnection(port: shop.port)
            for _ in 1...1_000 { connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n") }
            connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            let answers = connection.receive()
            #expect(answers.components(separatedBy: "HTTP/1.1 200").count == 1_002, "\(answers.count)")
        }
        let deadline = Deadline(seconds: 10)
        #expect(shop.kill(SIGTERM)?.status == 0)
        #expect(!deadline.isOver)
        withExtendedLifetime(unread) {}
    }
}
