import Foundation
import Testing

/// `waybill verify` has a copy made beside a served file, as large as the file.
@Suite(.serialized) struct `A check of a served file` {
    private func copies(beside shop: ServedFile) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: shop.directory.path).filter { $0.contains(".verify-") }
    }

    @Test(arguments: [SIGINT, SIGTERM]) func `that is interrupted leaves no copy behind`(signal: Int32) throws {
        let shop = try ServedFile()
        try shop.serve("--open")
        let made = try shop.curl(
            "-X", "PUT", "-H", "Content-Type: application/json", "-d", #"{"reason":"a test"}"#,
            "http://waybill/v1/topics/big")
        try #require(made.output.contains("big"), "\(made)")
        let large = #"{"data":""# + String(repeating: "x", count: 3_000_000) + #""}"#
        for number in 1...12 {
            let connection = try RawConnection(port: shop.port)
            connection.send(
                "POST /v1/topics/big/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Idempotency-Key: k-\(number)\r\nConnection: close\r\nContent-Length: \(large.utf8.count)\r\n\r\n"
            )
            connection.send(large)
            let answer = connection.receive()
            try #require(answer.hasPrefix("HTTP/1.1 20"), "\(answer)")
        }
        let verify = Process()
        verify.executableURL = URL(fileURLWithPath: try executablePath())
        verify.arguments = ["verify", shop.path]
        verify.standardOutput = FileHandle.nullDevice
        try verify.run()
        let deadline = Deadline(seconds: 30)
        while try copies(beside: shop).isEmpty, verify.isRunning, !deadline.isOver {}
        kill(verify.processIdentifier, signal)
        verify.waitUntilExit()
        #expect(verify.terminationReason == .exit && verify.terminationStatus == 128 + signal)
        // What the server has begun it removes at its next turn.
        while try !copies(beside: shop).isEmpty, !deadline.isOver {}
        #expect(try copies(beside: shop).isEmpty)
        let operations = try shop.curl("http://waybill/v1/operations").output
        #expect(!operations.contains(#""state":"running""#), "\(operations)")
        shop.kill(SIGTERM)
    }
}
