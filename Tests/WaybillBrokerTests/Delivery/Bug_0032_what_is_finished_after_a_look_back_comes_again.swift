import Testing
import WaybillBroker
import WaybillCore

@Suite struct `Bug 0032: what was owed before a look-back` {
    @Test func `is over when it is acknowledged or dead, and does not come as replayed too`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin("points", GroupSettings(attemptsMax: 3))
        for number in 0..<3 { try await broker.send(number) }
        let held = try await broker.take("points")
        #expect(await broker.acknowledge(held[2].receipt) == nil)
        _ = try await broker.lookBack("points", "orders", .oldest, false)
        let owed = try await broker.take("points", max: 2)
        #expect(owed.numbers == [0, 1])
        #expect(owed.map(\.isReplayed) == [false, false])
        #expect(await broker.acknowledge(owed[0].receipt) == nil)
        #expect(await broker.deadLetter(owed[1].receipt) == nil)
        let rest = try await broker.take("points")
        #expect(rest.numbers == [2])
        #expect(rest.map(\.isReplayed) == [true])
    }
}
