import Foundation
import Testing

/// Many requests on one connection, sent without a wait for an answer.
@Suite(.serialized) struct `Pipelined requests` {
    private let shop: ServedFile

    init() throws {
        shop = try ServedFile()
        try shop.serve("--open", "--socket", "off")
    }

    /// The requests; the last one asks for the end of the connection.
    private static func requests(_ count: Int) -> String {
        (1...count).map { number in
            "GET /version HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: n-\(number)\r\n"
                + (number == count ? "Connection: close\r\n" : "") + "\r\n"
        }.joined()
    }

    /// The numbers of the answers to so many requests, in the order in which they come.
    private func answered(_ count: Int) throws -> [Int] {
        let connection = try RawConnection(port: shop.port)
        let requests = Self.requests(count)
        // Sent by another thread: the server takes no more of them than it answers.
        let sender = Thread { connection.send(requests) }
        sender.start()
        let answers = connection.receive()
        var numbers: [Int] = []
        var isOK = true
        for line in answers.split(separator: "\r\n") {
            if line.hasPrefix("HTTP/1.1 ") { isOK = isOK && line.hasPrefix("HTTP/1.1 200") }
            let line = line.lowercased()
            if line.hasPrefix("x-request-id: n-"), let number = Int(line.dropFirst(16)) { numbers.append(number) }
        }
        #expect(isOK)
        return numbers
    }

    @Test func `are answered in their order, ten thousand of them, and memory stays as it was`() throws {
        #expect(try answered(1_000) == Array(1...1_000))
        let before = try shop.memoryPeak()
        #expect(try answered(10_000) == Array(1...10_000))
        let growth = try shop.memoryPeak() - before
        #expect(growth < 16 * 1_024, "the peak of memory grew by \(growth) KiB")
    }
}
