import Testing
import WaybillBroker
import WaybillCore

@Suite struct `Bug 0036: dead letters of one message group` {
    @Test func `come back one after the other, however often they died`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin("points", GroupSettings(isFIFO: true, attemptsMax: 2))
        for number in 0..<3 { try await broker.send(number, key: "ann") }
        for _ in 0..<3 {
            let delivery = try #require(try await broker.take("points", max: 1).first)
            #expect(await broker.deadLetter(delivery.receipt) == nil)
        }
        #expect(try await broker.redrive("points") == 3)
        // The first fails and waits; those behind it wait too.
        let first = try #require(try await broker.take("points", max: 1).first)
        #expect(await broker.fail(first.receipt, .seconds(10)) == nil)
        #expect(try await broker.take("points").isEmpty)
        broker.pass(.seconds(10))
        for number in 0..<3 {
            let batch = try await broker.take("points")
            #expect(batch.numbers == [number])
            #expect(await broker.deadLetter(batch[0].receipt) == nil)
        }
        #expect(try await broker.redrive("points") == 3)
        #expect(try await broker.drain("points") == [0, 1, 2])
    }
}
