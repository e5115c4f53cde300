import Testing
import WaybillBroker
import WaybillCore

/// An attempt id names one receive, and is asked again when its answer was lost.
@Suite struct `An attempt whose batch is over` {
    @Test func `gets what there is now, when its leases have ended`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin()
        try await broker.send(1)
        let lost = try await broker.take("points") { $0.attempt = "a" }
        #expect(lost.map(\.attempt) == [1])
        broker.pass(.seconds(31))
        let again = try await broker.take("points") { $0.attempt = "a" }
        #expect(again.numbers == [1] && again.map(\.attempt) == [2])
        #expect(try await broker.take("points") { $0.attempt = "a" }.map(\.receipt) == again.map(\.receipt))
    }

    @Test func `gets what comes, when all of it was acknowledged`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin()
        try await broker.send(1)
        let first = try await broker.take("points") { $0.attempt = "a" }
        for delivery in first { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        #expect(try await broker.take("points") { $0.attempt = "a" }.isEmpty)
        try await broker.send(2)
        #expect(try await broker.take("points") { $0.attempt = "a" }.numbers == [2])
    }

    @Test func `gets nothing new while a part of it is out`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin()
        for number in 1...2 { try await broker.send(number) }
        let first = try await broker.take("points") { $0.attempt = "a" }
        #expect(await broker.acknowledge(first[0].receipt) == nil)
        try await broker.send(3)
        #expect(try await broker.take("points") { $0.attempt = "a" }.numbers == [2])
    }

    /// Before, it was answered empty at once, as often as it asked.
    @Test func `is remembered once, however often it begins anew`() async throws {
        let broker = try ReopenedBroker { $0.attemptsRememberedMax = 3 }.driver
        try await broker.begin()
        for number in 0..<20 {
            try await broker.send(number)
            let batch = try await broker.take("points") { $0.attempt = "a" }
            #expect(batch.numbers == [number])
            #expect(try await broker.take("points") { $0.attempt = "a" }.numbers == [number], "still remembered")
            for delivery in batch { #expect(await broker.acknowledge(delivery.receipt) == nil) }
        }
    }
}
