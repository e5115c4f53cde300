import Synchronization
import Testing
import WaybillBroker
import WaybillCore
import WaybillStore

@testable import WaybillEngine

@Suite struct `Bug 0179: a consumer that finds all ready rows reserved` {
    /// Lets another consumer receive while the first takes its rows in a write.
    private struct Between: VerbWriter {
        let engine: Engine
        let work: @Sendable () async -> Void

        func submit<Verb: BrokerVerb>(_ verb: Verb) async -> BrokerReply<Verb.Answer> {
            if verb is Take { await work() }
            return await engine.submit(verb)
        }

        func surfaceOverdue() async -> Bool { false }
    }

    /// It read the same rows up to 64 times, and then passed the queue with all that was new in it.
    @Test func `gets what is new behind them`() async throws {
        let shop = try ReopenedBroker()
        let broker = shop.driver
        try await broker.begin("points", GroupSettings(ladder: [Interval(milliseconds: 1)]))
        for number in 0..<4 { try await broker.send(number) }
        for delivery in try await broker.take("points", max: 2) {
            #expect(await broker.fail(delivery.receipt, Interval(milliseconds: 0)) == nil)
        }
        let others = Mutex<[Int]>([])
        let engine = shop.engine
        let receiver = Receiver(
            engine.receiverParts,
            writer: Between(engine: engine) {
                let request = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "c2")
                guard case .success(let batch) = await engine.receive(request) else { return }
                others.withLock { $0 += batch.numbers }
            })
        let request = ReceiveRequest(group: "points", subscription: Subscription("orders"), client: "c1", max: 2)
        #expect(try await receiver.receive(request).get().numbers == [0, 1])
        #expect(others.withLock { $0 } == [2, 3])
        #expect(try await broker.take("points").isEmpty)
    }
}
