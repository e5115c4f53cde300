import Testing
import WaybillBroker
import WaybillCore

@Suite struct `Bug 0177: an attempt id that two clients use` {
    /// The second client was given the messages and the receipts of the first.
    @Test func `is an attempt of each`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin()
        for number in 0..<4 { try await broker.send(number) }
        let first = try await broker.take("points", max: 2, client: "c1") { $0.attempt = "1" }
        let other = try await broker.take("points", max: 2, client: "c2") { $0.attempt = "1" }
        #expect(first.numbers == [0, 1])
        #expect(other.numbers == [2, 3])
        let again = try await broker.take("points", max: 2, client: "c1") { $0.attempt = "1" }
        #expect(again.map(\.receipt) == first.map(\.receipt))
    }
}
