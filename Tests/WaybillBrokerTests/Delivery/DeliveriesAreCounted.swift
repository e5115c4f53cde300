import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// What monitors are told of groups.
@Suite struct `Deliveries are counted` {
    private let shop: ReopenedBroker

    init() async throws {
        shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 3, ladder: [Interval(milliseconds: 1)]))
    }

    private func rows(max: Int = 100) -> [String] {
        shop.engine.messageCounts(rowsMax: max).groups.map { row in
            "\(row.group) \(row.topic) \(row.delivered) \(row.acknowledged) \(row.failed)"
        }
    }

    private func took() -> [String: UInt64] {
        Dictionary(
            uniqueKeysWithValues: shop.engine.messageCounts(rowsMax: 100).took.map { ("\($0.group)", $0.buckets.count) }
        )
    }

    @Test func `of groups that read a topic or had something of it, up to a bound`() async throws {
        for group in ["audit", "mail"] as [GroupName] { try await shop.driver.createGroup(group, GroupSettings()) }
        try await shop.driver.createTopic("news", .mixed)
        for number in 1...3 { try await shop.driver.send(number) }
        #expect(try await shop.driver.drain("points") == [1, 2, 3])
        #expect(try await shop.driver.take("audit").count == 3)
        #expect(rows() == ["audit orders 3 0 0", "points orders 3 3 0"])
        #expect(rows(max: 1) == ["audit orders 3 0 0"])
        #expect(took() == ["points": 3])
    }

    @Test func `anew in a group that was deleted and made again`() async throws {
        try await shop.driver.send(1)
        #expect(try await shop.driver.drain("points") == [1])
        _ = try await shop.ask(DeleteGroup("points")).get()
        #expect(rows() == [] && took() == [:])
        try await shop.driver.createGroup("points", GroupSettings())
        #expect(try await shop.driver.drain("points") == [1])
        #expect(rows() == ["points orders 1 1 0"] && took() == ["points": 1])
    }

    @Test func `with the time of a redelivery that this process handed out, and of no other`() async throws {
        try await shop.driver.send(1)
        let first = try #require(try await shop.driver.take("points").first)
        #expect(await shop.driver.fail(first.receipt, Interval(milliseconds: 0)) == nil)
        shop.driver.pass(.seconds(3))
        let again = try #require(try await shop.driver.take("points").first)
        #expect(again.attempt == 2)
        #expect(await shop.driver.acknowledge(again.receipt) == nil)
        let buckets = try #require(shop.engine.messageCounts(rowsMax: 1).took.first?.buckets)
        #expect(buckets.count == 1 && buckets.sum == 3_000)
        try await shop.driver.send(2)
        let other = try #require(try await shop.driver.take("points").first)
        #expect(await shop.driver.fail(other.receipt, Interval(milliseconds: 0)) == nil)
        let held = try #require(try await shop.driver.take("points").first)
        try shop.restart()
        #expect(await shop.driver.acknowledge(held.receipt) == nil)
        #expect(took() == [:])
        #expect(rows() == ["points orders 0 1 0"])
    }

    @Test func `and a broadcast is behind in no topic, whatever its clients have read`() async throws {
        try await shop.driver.createGroup("caches", GroupSettings(isBroadcast: true))
        try await shop.driver.send(1)
        #expect(try await shop.driver.take("caches", client: "a").isEmpty)
        try await shop.driver.send(2)
        #expect(try await shop.driver.take("caches", client: "a").numbers == [2])
        #expect(try await shop.driver.lags("caches") == [])
        try shop.restart()
        #expect(try await shop.driver.lags("caches") == [])
    }

    @Test func `as late only when they fire the first time`() async throws {
        try await shop.driver.send(1)
        let first = try #require(try await shop.driver.take("points").first)
        #expect(await shop.driver.fail(first.receipt, .minutes(1)) == nil)
        let (due, later) = (shop.clock.now.advanced(by: .minutes(1)), shop.clock.now.advanced(by: .hours(2)))
        try shop.engine.store.write { transaction in
            let timeouts = try transaction.dueTimeouts(.redelivery, upTo: due, limit: 10)
            #expect(timeouts.count == 1)
            for timeout in timeouts { try transaction.postpone(timeout, until: later, error: "a test says so") }
        }
        shop.driver.pass(.hours(3))
        #expect(try await shop.driver.take("points").map(\.attempt) == [2])
        #expect(shop.engine.vitalsNow.latenessByKind[.redelivery].count == 0)
    }
}
