import Testing
import WaybillBroker
import WaybillCore

@Suite struct `Bug 0037: a message group in flight at a crash` {
    @Test func `waits 20 seconds for its client, in a later delivery too`() async throws {
        let broker = try ReopenedBroker().driver
        try await broker.begin("points", GroupSettings(isFIFO: true, ladder: [Interval(milliseconds: 0)]))
        try await broker.send(1, key: "ann")
        let first = try #require(try await broker.take("points").first)
        #expect(await broker.fail(first.receipt, nil) == nil)
        #expect(try await broker.take("points") { $0.invisible = .hours(12) }.map(\.attempt) == [2])
        try broker.crash()
        broker.pass(Interval(milliseconds: 19_999))
        #expect(try await broker.take("points").isEmpty)
        broker.pass(Interval(milliseconds: 1))
        #expect(try await broker.take("points").map(\.attempt) == [3])
    }
}
