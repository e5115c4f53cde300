import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A consumer changes when its delivery is redelivered, by what kind of delivery it is.
@Suite struct `A change of the invisible time` {
    private func shop(_ settings: GroupSettings = GroupSettings(attemptsMax: 3)) async throws -> ReopenedBroker {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", settings)
        try await shop.driver.send(1)
        return shop
    }

    private func change(
        _ delivery: Delivery, to time: Interval, counts: Bool = true, by group: GroupName = "points",
        in shop: ReopenedBroker
    ) async -> String? {
        await shop.ask(ChangeInvisible(delivery.receipt, by: group, to: time, counts: counts)).refusal?.code
    }

    @Test(arguments: [GroupSettings(attemptsMax: 3), GroupSettings(isFIFO: true, attemptsMax: 3)])
    func `gives back a delivery that renews itself, though its client lives`(_ settings: GroupSettings) async throws {
        let shop = try await shop(settings)
        let taken = try #require(try await shop.driver.take("points") { $0.renews = true }.first)
        #expect(await change(taken, to: .seconds(10), in: shop) == nil)
        shop.driver.pass(.seconds(9))
        #expect(try await shop.driver.take("points") { $0.renews = true }.isEmpty)
        shop.driver.pass(.seconds(2))
        let again = try #require(try await shop.driver.take("points") { $0.renews = true }.first)
        #expect(again.attempt == 2)
        // The next one has a row, and is given back likewise.
        #expect(await change(again, to: .seconds(0), in: shop) == nil)
        #expect(try await shop.driver.take("points") { $0.renews = true }.first?.attempt == 3)
    }

    @Test func `keeps any other delivery with its consumer until then`() async throws {
        let shop = try await shop()
        let taken = try #require(try await shop.driver.take("points") { $0.invisible = .seconds(30) }.first)
        #expect(await change(taken, to: .minutes(5), in: shop) == nil)
        shop.driver.pass(.minutes(4))
        #expect(try await shop.driver.take("points").isEmpty)
        #expect(await shop.driver.acknowledge(taken.receipt) == nil)
        shop.driver.pass(.minutes(10))
        #expect(try await shop.driver.take("points").isEmpty)
    }

    @Test func `that is put off uses no attempt`() async throws {
        let shop = try await shop()
        for _ in 0..<5 {
            let taken = try #require(try await shop.driver.take("points") { $0.renews = true }.first)
            #expect(taken.attempt == 1)
            #expect(await change(taken, to: .seconds(10), counts: false, in: shop) == nil)
            #expect(try await shop.driver.take("points").isEmpty)
            shop.driver.pass(.seconds(11))
        }
    }

    @Test func `is refused for another group, for a time that is none, and for what is over`() async throws {
        let shop = try await shop()
        try await shop.driver.createGroup("audit", GroupSettings())
        let taken = try #require(try await shop.driver.take("points").first)
        #expect(await change(taken, to: .seconds(1), by: "audit", in: shop) == "stale_receipt")
        for counts in [true, false] {
            #expect(await change(taken, to: .seconds(-1), counts: counts, in: shop) == "bad_setting")
            #expect(await change(taken, to: .hours(13), counts: counts, in: shop) == "bad_setting")
        }
        #expect(await shop.driver.acknowledge(taken.receipt) == nil)
        #expect(await change(taken, to: .seconds(1), in: shop) == "stale_receipt")
    }
}

/// Verbs that came in together.
@Suite struct `A burst of verbs` {
    @Test func `shares one write, and each verb has a reply of its own`() async throws {
        let shop = try ReopenedBroker()
        try await shop.driver.begin()
        let writes = shop.engine.writeCount
        let sends = [1, 2, 3].map { number in
            (
                verb: Send([
                    NewMessage(to: number == 2 ? "nowhere" : "orders", body: Array("\(number)".utf8))
                ]), end: Interval?.none
            )
        }
        let (replies, told) = AsyncStream.makeStream(of: [BrokerReply<[SentMessage]>].self)
        shop.engine.submit(Burst(sends, of: "shop")) { told.yield($0) }
        let answers = try #require(await replies.first { _ in true })
        #expect(answers.map { $0.refusal?.code } == [nil, "unknown_topic", nil])
        #expect(shop.engine.writeCount == writes + 1)
        #expect(try await shop.driver.drain("points").sorted() == [1, 3])
    }

    @Test func `leaves out what nobody waits for any more`() async throws {
        let shop = try ReopenedBroker()
        try await shop.driver.begin()
        shop.driver.pass(.seconds(10))
        let uptime = shop.engine.world.uptime()
        let sends = [uptime - .seconds(1), uptime + .seconds(1)].enumerated().map { number, end in
            (verb: Send([NewMessage(to: "orders", body: Array("\(number)".utf8))]), end: Optional(end))
        }
        let replies = shop.engine.perform(Burst(sends, of: "shop"))
        #expect(replies.map { $0.refusal?.code } == ["overloaded", nil])
        #expect(try await shop.driver.drain("points") == [1])
    }
}

/// A client with an open stream, and after it.
@Suite struct `A client that is attached` {
    @Test func `lives without a word, and after it is detached as long as others do`() async throws {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(attemptsMax: 3))
        try await shop.driver.send(1)
        _ = try #require(try await shop.driver.take("points") { $0.renews = true }.first)
        shop.engine.see("c1", of: "points", isAttached: true)
        shop.driver.pass(.minutes(10))
        #expect(try await shop.driver.take("points", client: "c2").isEmpty)
        shop.engine.detach("c1", of: "points")
        shop.driver.pass(.seconds(15))
        #expect(try await shop.driver.take("points", client: "c2").isEmpty)
        shop.driver.pass(.minutes(1))
        #expect(try await shop.driver.take("points", client: "c2").numbers == [1])
    }
}
