import Testing
import WaybillBroker
import WaybillCore
import WaybillTimeouts

@testable import WaybillEngine

/// Has other verbs done before and after each take, in the same write.
private struct CrowdedWriter: VerbWriter {
    let engine: Engine
    var before: [any BrokerVerb] = []
    let after: [any BrokerVerb]

    func submit<Verb: BrokerVerb>(_ verb: Verb) async -> BrokerReply<Verb.Answer> {
        guard Verb.self == Take.self else { return await engine.submit(verb) }
        func request(_ verb: some BrokerVerb) -> any Request { Asked(OfBroker(verb)) }
        let asked = Asked(OfBroker(verb))
        engine.perform(before.map { request($0) } + [asked] + after.map { request($0) })
        return asked.reply ?? .failure(.overloaded("it was not asked", retryAfter: .seconds(1)))
    }

    func surfaceOverdue() async -> Bool { false }
}

@Suite struct `Bug 0190: a client leaves in the write in which a consumer takes a message` {
    private func shop() async throws -> ReopenedBroker {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(isFIFO: true, attemptsMax: 3, invisible: .minutes(5)))
        #expect(try await shop.driver.take("points").isEmpty)
        return shop
    }

    private func receive(
        _ shop: ReopenedBroker, _ client: Text, before: [any BrokerVerb] = [], after: [any BrokerVerb]
    ) async throws -> [Delivery] {
        let writer = CrowdedWriter(engine: shop.engine, before: before, after: after)
        let request = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: client)
        return try await Receiver(shop.engine.receiverParts, writer: writer).receive(request).get()
    }

    /// Leaving saw what was committed alone: a message that its client had taken in this write stayed with it.
    @Test func `what it took itself is given to others soon`() async throws {
        let shop = try await shop()
        try await shop.driver.send(1, key: "k")
        #expect(try await receive(shop, "c1", after: [Leave("points", client: "c1")]).numbers == [1])
        shop.driver.pass(.seconds(2))
        #expect(try await shop.driver.take("points", client: "c2").numbers == [1])
    }

    @Test func `a redelivery that it took itself is given to others soon`() async throws {
        let shop = try await shop()
        try await shop.driver.send(1, key: "k")
        let first = try #require(try await shop.driver.take("points", client: "c1").first)
        #expect(await shop.driver.fail(first.receipt, .seconds(0)) == nil)
        #expect(try await receive(shop, "c1", after: [Leave("points", client: "c1")]).numbers == [1])
        shop.driver.pass(.seconds(2))
        #expect(try await shop.driver.take("points", client: "c2").numbers == [1])
    }

    /// It shortened the hold on the message group too, which another one had by then.
    @Test func `what another one took of its message group stays with that one after a crash`() async throws {
        let shop = try await shop()
        for number in 0..<2 { try await shop.driver.send(number, key: "k") }
        let first = try await shop.driver.take("points", max: 1, client: "c1")
        #expect(first.numbers == [0])
        let taken = try await receive(
            shop, "c2", before: [Acknowledge(first[0].receipt)], after: [Leave("points", client: "c1")])
        #expect(taken.numbers == [1])
        try shop.crash()
        shop.driver.pass(.seconds(5))
        #expect(try await shop.driver.take("points", client: "c3").isEmpty)
        #expect(await shop.driver.acknowledge(taken[0].receipt) == nil)
    }
}
