import Testing
import WaybillBroker
import WaybillCore
import WaybillStore

@testable import WaybillEngine

@Suite struct `Bug 0176: a receive whose write is refused` {
    /// Has everything written but one verb.
    private struct Refusing<Refused: BrokerVerb>: VerbWriter {
        let engine: Engine

        func submit<Verb: BrokerVerb>(_ verb: Verb) async -> BrokerReply<Verb.Answer> {
            if verb is Refused { return .refused(.overloaded("too many requests wait", retryAfter: .seconds(1))) }
            return await engine.submit(verb)
        }

        func surfaceOverdue() async -> Bool { false }
    }

    private func shop(isFIFO: Bool) async throws -> ReopenedBroker {
        let shop = try ReopenedBroker()
        try await shop.driver.begin("points", GroupSettings(isFIFO: isFIFO))
        for number in 0..<3 { try await shop.driver.send(number, key: "k\(number)") }
        return shop
    }

    private let request = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "c1")

    @Test func `that takes messages is told so`() async throws {
        let shop = try await shop(isFIFO: true)
        let receiver = Receiver(shop.engine.receiverParts, writer: Refusing<Take>(engine: shop.engine))
        #expect(await receiver.receive(request).refusal?.code == "overloaded")
        #expect(try await shop.driver.drain("points") == [0, 1, 2])
    }

    @Test func `that raises the mark is told so`() async throws {
        let shop = try await shop(isFIFO: false)
        let receiver = Receiver(shop.engine.receiverParts, writer: Refusing<RaiseMark>(engine: shop.engine))
        #expect(await receiver.receive(request).refusal?.code == "overloaded")
        #expect(try await shop.driver.drain("points") == [0, 1, 2])
    }

    @Test func `gets what it has leased before`() async throws {
        let shop = try await shop(isFIFO: false)
        try await shop.driver.send(3, priority: 3)
        let first = try await shop.driver.take("points", max: 1)
        #expect(first.numbers == [3])
        #expect(await shop.driver.fail(first[0].receipt, Interval(milliseconds: 0)) == nil)
        let receiver = Receiver(shop.engine.receiverParts, writer: Refusing<RaiseMark>(engine: shop.engine))
        #expect(try await receiver.receive(request).get().numbers == [3])
    }
}
